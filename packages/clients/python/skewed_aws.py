"""The `aws` command, on a machine whose clock is off by the milliseconds in the environment variable SKEW."""

import datetime
import os
import sys

import awscli.clidriver

# The command brings a botocore of its own, which it puts in the place of any other.
import botocore.auth as auth

present = auth.get_current_datetime
skew = datetime.timedelta(milliseconds=int(os.environ["SKEW"]))
auth.get_current_datetime = lambda *arguments, **named: present(*arguments, **named) + skew

sys.exit(awscli.clidriver.main())
