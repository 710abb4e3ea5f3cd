#include "api/flows/login.h"

#include "api/identity/directory.h"
#include "api/identity/password.h"
#include "api/identity/session.h"
#include "api/identity/session_store.h"
#include "base/cleanup.h"

#include <stdatomic.h>
#include <stdlib.h>

struct login {
    size_t running_max;
    _Atomic size_t running;
};

struct login *login_new(size_t worker_count)
{
    struct login *login = calloc(1, sizeof *login);

    if (login == NULL)
        abort(); /* out of memory, as in base/ */
    login->running_max = worker_count < 2 ? 1 : worker_count / 2;
    return login;
}

void login_free(struct login *login)
{
    free(login);
}

/* Takes as long for a name that does not exist. */
static enum zcd_code check_password(struct db *db, const char *user, const char *password, bool *is_right,
                                    struct zcd_error *err)
{
    ZCD_AUTO(arena_done)
    struct arena arena = {0};
    const char *hash;
    enum zcd_code code = session_store_find_password(db, user, &arena, &hash, err);

    return code == ZCD_OK ? password_verify(password, hash, is_right, err) : code;
}

static enum zcd_code begin_session(struct db *db, struct directory *directory, const char *user, int64_t now_us,
                                   char session[SECRET_TEXT_SIZE], struct zcd_error *err)
{
    struct sha256 sha256 = sha256_of(bytes_of_text(secret_new(session)));
    int64_t expires_at_us = now_us + (int64_t)SESSION_HOURS * 3600 * 1000000;
    enum zcd_code code = session_store_insert(db, user, &sha256, expires_at_us, err);

    return code == ZCD_OK ? directory_reload(directory, db, err) : code;
}

struct try {
    const char *user, *password;
    int64_t now_us;
};

static enum zcd_code begin(struct db *db, struct directory *directory, const struct try *try,
                           enum login_outcome *outcome, char session[SECRET_TEXT_SIZE], struct zcd_error *err)
{
    struct sha256 name = sha256_of(bytes_of_text(try->user));
    bool may_try = false, is_right = false;

    enum zcd_code code = session_store_try(db, &name, &may_try, err);
    if (code == ZCD_OK && may_try)
        code = check_password(db, try->user, try->password, &is_right, err);
    if (code == ZCD_OK && is_right)
        code = session_store_forgive(db, &name, err);
    if (code == ZCD_OK && is_right)
        code = begin_session(db, directory, try->user, try->now_us, session, err);
    if (code == ZCD_OK)
        *outcome = is_right ? LOGIN_DONE : may_try ? LOGIN_WRONG : LOGIN_THROTTLED;
    return code;
}

enum zcd_code login_begin(struct login *login, struct db *db, struct directory *directory, const char *user,
                          const char *password, int64_t now_us, enum login_outcome *outcome,
                          char session[SECRET_TEXT_SIZE], struct zcd_error *err)
{
    const struct try try = {.user = user, .password = password, .now_us = now_us};
    enum zcd_code code;

    if (atomic_fetch_add(&login->running, 1) >= login->running_max)
        code = zcd_fail(err, ZCD_UNAVAILABLE, "too many are logging in at this moment");
    else
        code = begin(db, directory, &try, outcome, session, err);
    (void)atomic_fetch_sub(&login->running, 1);
    return code;
}
