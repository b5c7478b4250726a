"""Which class has which defect."""

REGISTRY = {}


def defect(name):
    """Registers a subclass of the faithful implementation."""
    def register(class_):
        if name in REGISTRY:
            raise ValueError('two defects are called %s' % name)
        REGISTRY[name] = class_
        return class_
    return register
