region = "eu"
# ^ def property region
# <- read region of var in region
tags = {
# ^ def property tags
# <- read tags of var in tags
  a = "b"
}
