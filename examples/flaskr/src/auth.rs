//! Users: registering, logging in and out.

use carafe::prelude::*;
use carafe::security::{check_password_hash, generate_password_hash};
use carafe::{Argument, Arguments, Form, MaybeReady, Redirect, blocking};
use rusqlite::Row;
use serde::{Deserialize, Serialize};

use crate::db::{FromRow, execute, fetch_one};

/// The pages of users, below `/auth`.
pub fn blueprint() -> Blueprint {
    let mut auth = Blueprint::new("auth").with_url_prefix("/auth");
    auth.app_template_type::<User>();
    auth.before_app_request(load_logged_in_user);
    auth.get("/register", show_register);
    auth.post("/register", register);
    auth.get("/login", show_login);
    auth.post("/login", login);
    auth.get("/logout", logout);
    auth
}

/// A user; a view that takes one is for those who have logged in.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    /// Its number.
    pub id: i64,
    /// The name it logs in with.
    pub username: String,
    #[serde(skip)]
    password: String,
}

impl FromRow for User {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            username: row.get("username")?,
            password: row.get("password")?,
        })
    }
}

impl Argument for User {
    fn take(_: &mut Arguments<'_>) -> MaybeReady<Result<Self>> {
        MaybeReady::Ready(logged_in_user())
    }
}

/// The user who has logged in; anybody else is sent to do so.
fn logged_in_user() -> Result<User> {
    let user = g().get::<Option<User>>("user").flatten();
    user.or_abort(redirect(url_for!("auth.show_login")?))
}

/// Loads the user whose number is in the session into `g.user`.
async fn load_logged_in_user() -> Result<()> {
    let user: Option<User> = match session().get::<i64>("user_id") {
        Some(id) => fetch_one("SELECT * FROM user WHERE id = ?", [id]).await?,
        None => None,
    };
    g().set("user", user);
    Ok(())
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

fn show_register() -> Result {
    render_template("auth/register.html", ())
}

async fn register(Form(user): Form<Credentials>) -> Result {
    let error = if user.username.is_empty() {
        "Username is required.".to_owned()
    } else if user.password.is_empty() {
        "Password is required.".to_owned()
    } else if add_user(&user).await? {
        return redirect(url_for!("auth.show_login")?).into_response();
    } else {
        format!("User {} is already registered.", user.username)
    };
    flash(error, "error")?;
    show_register()
}

/// Adds a user, unless the name is taken.
async fn add_user(user: &Credentials) -> Result<bool> {
    let (username, password) = (user.username.clone(), user.password.clone());
    let hash = blocking(move || generate_password_hash(&password)).await??;
    let added = execute(
        "INSERT OR IGNORE INTO user (username, password) VALUES (?, ?)",
        (username, hash),
    )
    .await?;
    Ok(added == 1)
}

fn show_login() -> Result {
    render_template("auth/login.html", ())
}

async fn login(Form(given): Form<Credentials>) -> Result {
    let select = "SELECT * FROM user WHERE username = ?";
    let user: Option<User> = fetch_one(select, [given.username]).await?;
    let error = match user {
        None => "Incorrect username.",
        Some(user) if !has_password(&user, given.password).await? => "Incorrect password.",
        Some(user) => {
            session().clear()?;
            session().insert("user_id", user.id)?;
            return redirect(url_for!("index")?).into_response();
        }
    };
    flash(error, "error")?;
    show_login()
}

/// Checks a password, which takes its time on purpose.
async fn has_password(user: &User, password: String) -> Result<bool> {
    let hash = user.password.clone();
    blocking(move || check_password_hash(&hash, &password)).await
}

fn logout() -> Result<Redirect> {
    session().clear()?;
    Ok(redirect(url_for!("index")?))
}
