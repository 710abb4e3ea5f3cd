#include "api/codec/texts.h"

#include "base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

/* Expected texts are those that a reader would write, put together by hand from the rows of texts.def. */
static const struct {
    const char *english, *chinese;
} CASES[] = {
    {"unknown member", "格式中没有这一项"},
    {"is 5, below 7", "为 5，小于下限 7"},
    {"is -9007199254740992, not within 0 to 7", "为 -9007199254740992，不在 0 至 7 之间"},
    {"is a text, not an integer", "是文本，应为整数"},                         /* arguments that are texts themselves */
    {"not JSON: line 3, column 14", "不是 JSON：第 3 行第 14 列"},
    {"deeper than 16 levels at byte 40", "第 40 个字节处嵌套超过 16 层"},      /* another order */
    {"is not zhengcaidai/dossier/1", "不是 zhengcaidai/dossier/1"},
    {"is not in payers", "不在 payers 之中"},                                  /* not "is not {}" */
    {"is not one of: a, b", "不在可选值之内：a, b"},
    {"is 1, below payments of 2 and deduction of 3 together", "为 1，小于付款 2 与扣款 3 之和"},
    {"is 1, but the milestones are 2 and unscheduled_fen is 3", "为 1，而付款节点合计 2、unscheduled_fen 为 3"},
    {"database: column due_on is null", "数据库：列 due_on 为空"},             /* the one in the other */
    {"log: tile 0/x001/002 has 5 bytes where 256 hashes should be", "日志：瓦片 0/x001/002 有 5 字节，应有 256 个哈希"},
    {"not recorded: log: closing", "没有记录：日志：正在关闭"},
    {"is out of its range: 12 > 10", "超出允许范围：12 > 10"},                 /* policy_rules.def */
    {"there is no user 王, or it is disabled", "没有用户 王，或用户已停用"},
    {"there is no user , or it is disabled", "没有用户 ，或用户已停用"},
};

static void says_in_chinese_what_was_said_in_english(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buffer chinese = {0};
        assert_true(texts_append_chinese(CASES[i].english, &chinese));
        assert_string_equal((const char *)chinese.data, CASES[i].chinese);
        buffer_done(&chinese);
    }
}

static void leaves_as_it_is_what_it_does_not_know(void **state)
{
    static const char *const TEXTS[] = {"", "quux", "is 5, below", "unknown member ", "Unknown member", "an", "{}", "{1}"};
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct buffer chinese = {0};
        assert_false(texts_append_chinese(TEXTS[i], &chinese));
        assert_int_equal(chinese.size, strlen(TEXTS[i]));
        assert_memory_equal(TEXTS[i], chinese.size == 0 ? (const uint8_t *)"" : chinese.data, chinese.size);
        buffer_done(&chinese);
    }
}

/* Words of a client's own that look like a format are only words. */
static void takes_arguments_for_what_they_are(void **state)
{
    struct buffer chinese = {0};
    (void)state;
    assert_true(texts_append_chinese("there is no user {1}{2}%s, or it is disabled", &chinese));
    assert_string_equal((const char *)chinese.data, "没有用户 {1}{2}%s，或用户已停用");
    buffer_done(&chinese);
}

/* The longest text of an error, made of what many rows begin with, is dealt with at once. */
static void is_quick_with_long_texts(void **state)
{
    (void)state;
    for (int round = 0; round < 100; round++) {
        char text[sizeof((struct zcd_error *)0)->message];
        struct buffer chinese = {0};
        for (size_t i = 0; i < sizeof text - 1; i++)
            text[i] = ": is, "[i % 6];
        text[sizeof text - 1] = '\0';
        (void)texts_append_chinese(text, &chinese);
        buffer_done(&chinese);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_in_chinese_what_was_said_in_english),
        cmocka_unit_test(leaves_as_it_is_what_it_does_not_know),
        cmocka_unit_test(takes_arguments_for_what_they_are),
        cmocka_unit_test(is_quick_with_long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
