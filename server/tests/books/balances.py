"""Loads books with beancount as bean-check does, and prints every balance: account, commodity, amount.

A line `= file` comes before each file's balances. Any error ends it with code 1.
"""

import sys

from beancount import loader
from beancount.core import realization
from beancount.core.data import Transaction
from beancount.ops import validation

failed = False
for file in sys.argv[1:]:
    entries, errors, _ = loader.load_file(file, extra_validations=validation.HARDCORE_VALIDATIONS)
    for error in errors:
        print(f"{error.source['filename']}:{error.source['lineno']}: {error.message}", file=sys.stderr)
        failed = True
    print(f"= {file}")
    transactions = [entry for entry in entries if isinstance(entry, Transaction)]
    for account in realization.iter_children(realization.realize(transactions)):
        for position in account.balance:
            print(f"{account.account},{position.units.currency},{position.units.number:f}")
sys.exit(failed)
