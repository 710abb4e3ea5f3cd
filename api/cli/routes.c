#include "api/cli/cli.h"

#include "api/routes/routes.h"

#include <stdio.h>

#define COMMAND "routes"

/* One line a route: method, path, who may call, bytes of body it takes. For the test that compares with openapi.yaml. */
int cli_routes(int count, char **words)
{
    (void)words;
    if (count != 1)
        return cli_usage("zcd routes");
    for (const struct http_route *route = ROUTES; route->pattern != NULL; route++) {
        (void)printf("%s %s %s %zu\n", http_method_name(route->method), route->pattern, http_access_name(route->access),
                     route->body_size_max);
    }
    return cli_finish(COMMAND);
}
