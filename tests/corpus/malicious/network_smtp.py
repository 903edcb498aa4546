# why: sends mail
from smtplib import SMTP
SMTP("example.invalid").sendmail("a@example.invalid", "b@example.invalid", "x")
