"""A case for another program: the information form under the codes that such systems use."""
