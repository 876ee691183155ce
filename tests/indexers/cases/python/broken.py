from app import thing
# <- import app:thing as thing

def fine():
# <- def function fine
    return thing.run()
#          ^ read thing in fine
#                ^ call run of thing in fine

def broken(:
# <- def function broken
# <- problem syntax
    thing(
#   ^ problem syntax
#   ^ read thing in broken

class Later:
# <- def class Later
    def method(self):
#   ^ def method Later.method
        return thing()
#              ^ call thing in Later.method
