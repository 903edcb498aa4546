# why: pkgutil resolves names to objects
import pkgutil
pkgutil.resolve_name("os:system")("id > /tmp/x")
