<p>text</p>
<?php
function good() { return Shop\run(); }
// <- def function good
//                            ^ call run of Shop in good
function bad( { }
// <- def function bad
// <- problem syntax
