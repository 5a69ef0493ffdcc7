"""What a case does about single months of a record: owed, certified, left behind."""
