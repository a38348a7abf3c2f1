"""The `aws` command, on a machine whose clock is off by the milliseconds in the environment variable SKEW."""

import datetime
import os
import sys

import awscli.botocore.auth as auth
import awscli.clidriver

present = auth.get_current_datetime
skew = datetime.timedelta(milliseconds=int(os.environ["SKEW"]))
auth.get_current_datetime = lambda *arguments, **named: present(*arguments, **named) + skew

sys.exit(awscli.clidriver.main())
