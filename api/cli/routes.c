#include "api/cli/cli.h"

#include "api/identity/caller.h"
#include "api/routes/routes.h"

#include <stdio.h>

#define COMMAND "routes"

/* One line a route: method, path, roles that may call, whose things they reach, bytes of body it takes. For the tests that
 * compare with openapi.yaml and walk every route with every role. */
int cli_routes(int count, char **words)
{
    (void)words;
    if (count != 1)
        return cli_usage("zcd routes");
    for (const struct http_route *route = ROUTES; route->pattern != NULL; route++) {
        char roles[CALLER_ROLES_TEXT_SIZE];
        (void)printf("%s %s %s %s %zu\n", http_method_name(route->method), route->pattern,
                     route->roles == 0 ? "public" : caller_roles_format(route->roles, roles),
                     http_scope_name(route->scope), route->body_size_max);
    }
    return cli_finish(COMMAND);
}
