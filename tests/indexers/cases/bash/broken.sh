good() { run; }
# <- def function good
#        ^ call run in good
# <- problem syntax
if then fi (
#  ^ call then
