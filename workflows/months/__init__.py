"""The parts of a case for single months of a record: owed, certified, left behind."""
