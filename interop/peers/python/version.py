# The version of the interpreter that runs this, as numbers.
import sys

print(".".join(str(part) for part in sys.version_info[:3]))
