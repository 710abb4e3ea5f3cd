#include "api/address.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static union any_address address_of(const char *text)
{
    union any_address address;

    memset(&address, 0, sizeof address);
    if (strchr(text, ':') != NULL) {
        address.v6.sin6_family = AF_INET6;
        assert_int_equal(inet_pton(AF_INET6, text, &address.v6.sin6_addr), 1);
    } else {
        address.v4.sin_family = AF_INET;
        assert_int_equal(inet_pton(AF_INET, text, &address.v4.sin_addr), 1);
    }
    return address;
}

/* First and last of each range of IANA's registries, and their neighbours outside. */
static void tells_public_addresses_from_all_others(void **state)
{
    static const char *const PUBLIC[] = {"1.1.1.1",      "9.255.255.255",  "11.0.0.0",       "100.63.255.255", "100.128.0.0",
                                         "126.255.255.255", "128.0.0.0",   "169.253.255.255", "169.255.0.0",   "172.15.255.255",
                                         "172.32.0.0",   "192.0.1.0",      "192.167.255.255", "192.169.0.0",   "198.17.255.255",
                                         "198.20.0.0",   "203.0.112.255",  "223.255.255.255", "2400:cb00::1",  "2a00::1",
                                         "2001:200::1",  "2001:db9::1",    "2003::1",         "::ffff:8.8.8.8"};
    static const char *const NOT_PUBLIC[] = {
        "0.0.0.0",         "0.255.255.255",   "10.0.0.0",          "10.255.255.255",   "100.64.0.0",     "100.127.255.255",
        "127.0.0.1",       "127.255.255.255", "169.254.0.0",       "169.254.169.254",  "172.16.0.0",     "172.31.255.255",
        "192.0.0.8",       "192.0.2.1",       "192.168.0.0",       "192.168.255.255",  "198.18.0.0",     "198.19.255.255",
        "198.51.100.7",    "203.0.113.9",     "224.0.0.1",         "239.255.255.255",  "240.0.0.1",      "255.255.255.255",
        "::",              "::1",             "::ffff:127.0.0.1",  "::ffff:10.0.0.1",  "::ffff:169.254.169.254",
        "::127.0.0.1",     "64:ff9b::7f00:1", "64:ff9b::a00:1",    "100::1",           "2001::1",        "2001:1ff::1",
        "2001:db8::1",     "2002:7f00:1::1",  "2002:0808:0808::1", "fc00::1",          "fdff::1",        "fe80::1",
        "febf::1",         "fec0::1",         "ff02::1",           "4000::1",          "3fff::1"};
    (void)state;

    for (size_t i = 0; i < sizeof PUBLIC / sizeof *PUBLIC; i++) {
        union any_address address = address_of(PUBLIC[i]);
        if (!address_is_public(&address.any))
            fail_msg("%s is public", PUBLIC[i]);
    }
    for (size_t i = 0; i < sizeof NOT_PUBLIC / sizeof *NOT_PUBLIC; i++) {
        union any_address address = address_of(NOT_PUBLIC[i]);
        if (address_is_public(&address.any))
            fail_msg("%s is not public", NOT_PUBLIC[i]);
    }
    union any_address local = {.local = {.sun_family = AF_UNIX}};
    assert_false(address_is_public(&local.any));
}

static void allows_what_its_operator_names(void **state)
{
    static const struct {
        const char *list, *address;
        bool has;
    } CASES[] = {
        {"127.0.0.0/8", "127.0.0.1", true},        {"127.0.0.0/8", "::ffff:127.9.9.9", true},
        {"127.0.0.0/8", "128.0.0.1", false},       {"127.0.0.0/8", "::1", false},
        {"10.1.2.3", "10.1.2.3", true},            {"10.1.2.3", "10.1.2.2", false},
        {"fd00::/8,10.0.0.0/9", "fdab::1", true},  {"fd00::/8,10.0.0.0/9", "10.127.0.1", true},
        {"fd00::/8,10.0.0.0/9", "10.128.0.1", false}, {"::1", "::1", true},
        {"0.0.0.0/0", "8.8.8.8", true},            {"0.0.0.0/0", "2400::1", false},
        {NULL, "127.0.0.1", false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        union any_address address = address_of(CASES[i].address);
        struct address_list list;
        struct zcd_error err;

        assert_int_equal(address_list_parse(CASES[i].list, &list, &err), ZCD_OK);
        if (address_list_has(&list, &address.any) != CASES[i].has)
            fail_msg("%s in %s", CASES[i].address, CASES[i].list);
    }
}

static void refuses_what_is_no_list(void **state)
{
    static const char *const BAD[] = {"localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", ",", "10.0.0.0/8x",
                                      "10.0.0.0/8,,::1", "10.0.0.0/ 8", "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111"};
    (void)state;

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct address_list list = {.count = 77};
        struct zcd_error err;

        if (address_list_parse(BAD[i], &list, &err) != ZCD_INVALID)
            fail_msg("%s was taken", BAD[i]);
        assert_int_equal(list.count, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_public_addresses_from_all_others),
        cmocka_unit_test(allows_what_its_operator_names),
        cmocka_unit_test(refuses_what_is_no_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
