package org.shop.core;

import java.util.List;
// <- import java.util:List as List
import java.util.*;
// <- import java.util:*
import java.util.Map.Entry;
// <- import java.util.Map:Entry as Entry
import static org.shop.Tools.join;
// <- import org.shop.Tools:join as join
import static org.shop.Tools.*;
// <- import org.shop.Tools:*

class Use {}
