pub fn good() {
// <- def function good
    call();
}

fn bad( {
// <- def function bad hidden
// <- problem syntax
    let x = ;
    // <- problem syntax
}

pub struct After;
// <- def struct After
