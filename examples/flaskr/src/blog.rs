//! Posts: reading, writing, changing, deleting.

use carafe::prelude::*;
use carafe::{Form, Redirect};
use rusqlite::Row;
use serde::{Deserialize, Serialize};

use crate::auth::User;
use crate::db::{FromRow, execute, fetch_all, fetch_one};

/// The pages of posts, at the root.
pub fn blueprint() -> Blueprint {
    let mut blog = Blueprint::new("blog");
    blog.get("/", index);
    blog.get("/create", show_create);
    blog.post("/create", create);
    blog.get("/<int:id>/update", show_update);
    blog.post("/<int:id>/update", update);
    blog.post("/<int:id>/delete", delete);
    blog
}

/// A post with the name of its author.
#[derive(Serialize)]
struct Post {
    id: i64,
    author_id: i64,
    username: String,
    created: String,
    title: String,
    body: String,
}

impl FromRow for Post {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            author_id: row.get("author_id")?,
            username: row.get("username")?,
            created: row.get("created")?,
            title: row.get("title")?,
            body: row.get("body")?,
        })
    }
}

/// What an author writes.
#[derive(Deserialize)]
struct Draft {
    title: String,
    body: String,
}

async fn index() -> Result {
    let posts: Vec<Post> = fetch_all(
        "SELECT post.*, username FROM post JOIN user ON author_id = user.id
         ORDER BY created DESC, post.id DESC",
        (),
    )
    .await?;
    render_template("blog/index.html", context! { posts })
}

fn show_create(_: User) -> Result {
    render_template("blog/create.html", ())
}

async fn create(user: User, Form(draft): Form<Draft>) -> Result {
    if draft.title.is_empty() {
        flash("Title is required.", "error")?;
        return show_create(user);
    }
    execute(
        "INSERT INTO post (title, body, author_id) VALUES (?, ?, ?)",
        (draft.title, draft.body, user.id),
    )
    .await?;
    redirect(url_for!("blog.index")?).into_response()
}

/// A post of this user: 404 if there is none, 403 if it is somebody else's.
async fn own_post(id: i64, user: &User) -> Result<Post> {
    let post: Option<Post> = fetch_one(
        "SELECT post.*, username FROM post JOIN user ON author_id = user.id WHERE post.id = ?",
        [id],
    )
    .await?;
    let post = post.or_abort((404, format!("Post id {id} doesn't exist.")))?;
    if post.author_id != user.id {
        abort(403)?;
    }
    Ok(post)
}

async fn show_update(id: i64, user: User) -> Result {
    let post = own_post(id, &user).await?;
    render_template("blog/update.html", context! { post })
}

async fn update(id: i64, user: User, Form(draft): Form<Draft>) -> Result {
    own_post(id, &user).await?;
    if draft.title.is_empty() {
        flash("Title is required.", "error")?;
        return show_update(id, user).await;
    }
    execute(
        "UPDATE post SET title = ?, body = ? WHERE id = ?",
        (draft.title, draft.body, id),
    )
    .await?;
    redirect(url_for!("blog.index")?).into_response()
}

async fn delete(id: i64, user: User) -> Result<Redirect> {
    own_post(id, &user).await?;
    execute("DELETE FROM post WHERE id = ?", [id]).await?;
    Ok(redirect(url_for!("blog.index")?))
}
