//! stub
pub mod fields {
    use crate::api::record::Record;
    use crate::ground::error::Result;
    use crate::ground::json::Json;
    pub struct Fields;
    impl Fields {
        pub fn is_empty(&self) -> bool {
            true
        }
    }
    pub fn parse(_: &[String]) -> Result<Fields> {
        Ok(Fields)
    }
    pub fn project(_: &Record, _: &Fields) -> Result<Json> {
        Ok(Json::from_text("{}"))
    }
}
pub mod cursor {
    use crate::ground::error::Result;
    pub fn seal_text(t: &str, _: &str) -> String {
        t.into()
    }
    pub fn open_text(t: &str, _: &str) -> Result<String> {
        Ok(t.into())
    }
}
use crate::api::list::List;
use crate::api::query::*;
use crate::ctx::config::Collection;
use crate::engine::View;
use crate::ground::env::Deadline;
use crate::ground::error::Result;
#[derive(serde::Serialize)]
pub struct AggregateAnswer {
    pub a: u8,
}
pub fn find(_: &dyn View, _: &Collection, _: &Query, _: Deadline) -> Result<List<Row>> {
    Ok(List::whole(vec![]))
}
pub fn aggregate(_: &dyn View, _: &Collection, _: &Aggregate, _: Deadline) -> Result<AggregateAnswer> {
    Ok(AggregateAnswer { a: 0 })
}
pub fn explain(_: &dyn View, _: &Collection, _: &Explain, _: Deadline) -> Result<Explanation> {
    unreachable!()
}
