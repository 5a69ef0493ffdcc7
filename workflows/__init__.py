"""The workflows: they wait, put the steps in order and remember. Rules and stores are behind activities."""
