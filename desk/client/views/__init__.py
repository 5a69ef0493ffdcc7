"""Cases, worklists, journals and clocks in the reader's words, for commands, pages and the API alike."""
