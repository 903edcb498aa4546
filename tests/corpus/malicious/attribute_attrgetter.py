# why: operator.attrgetter takes the name
import operator, os
operator.attrgetter("system")(os)("id > /tmp/x")
