#include "contracts/import/ocds_internal.h"

#include <string.h>

enum { TITLE_SIZE_MAX = 500, NAME_SIZE_MAX = 200 };

/* What the lists of one contract say together. */
struct schedule {
    const struct ocds_contract *contract;
    json_t *milestones;   /* those of the schedule, by id: true */
    json_t *payments;     /* as given, by id; borrowed */
    bool has_met_payment; /* a payment milestone is met */
    int64_t paid_minor;   /* in the contract's currency */
    bool has_old_names;
};

/* An id of its own, or one made of the order. */
static const char *id_of(struct ocds_reading *reading, const json_t *object, size_t i, const char *pointer)
{
    const char *id = ocds_text(reading->context->arena, json_object_get(object, "id"));

    if (*id != '\0')
        return ocds_fact_id(reading->context->arena, id, "", "");
    ocds_say(reading, OCDS_ID_MADE, NULL, pointer);
    return arena_copy_text(reading->context->arena, ocds_pointer("no.%zu", i + 1).text);
}

/* ---------------------------------------------------------------------- milestones */

enum milestone_sort { NOT_IN_SCHEDULE, PAYMENT, DELIVERY };

static enum milestone_sort sort_of(struct ocds_reading *reading, const json_t *milestone, const char *pointer)
{
    const char *type = ocds_text(reading->context->arena, json_object_get(milestone, "type"));

    if (*type == '\0') {
        ocds_say(reading, OCDS_MILESTONE_TYPE_MISSING, NULL, pointer);
        return DELIVERY;
    }
    if (strcmp(type, "delivery") == 0)
        return DELIVERY;
    if (strcmp(type, "payment") == 0 || strcmp(type, "financing") == 0) /* what publishers of 1.1 call planned payments */
        return PAYMENT;
    ocds_say(reading, OCDS_MILESTONE_TYPE, type, ocds_pointer("%s/type", pointer).text);
    return NOT_IN_SCHEDULE;
}

static struct date extension_date(struct ocds_reading *reading, const json_t *object, const char *name, const char *pointer)
{
    return ocds_date(reading, json_object_get(ocds_extension(object), name),
                     ocds_pointer("%s/x_zcd/%s", pointer, name).text);
}

/* The planned amount: `value` as OCDS 1.2 has it, or the extension's. */
static struct fact_money milestone_amount(struct ocds_reading *reading, const json_t *milestone, const char *pointer)
{
    json_t *value = json_object_get(milestone, "value");

    if (json_is_object(value))
        return ocds_money(reading, value, ocds_pointer("%s/value", pointer).text);
    return ocds_money(reading, json_object_get(ocds_extension(milestone), "amount"),
                      ocds_pointer("%s/x_zcd/amount", pointer).text);
}

static struct date acceptance(struct ocds_reading *reading, const json_t *milestone, enum milestone_sort sort,
                              const char *pointer)
{
    struct date accepted_on = extension_date(reading, milestone, "acceptedDate", pointer);
    const char *status = ocds_text(reading->context->arena, json_object_get(milestone, "status"));
    bool is_met = strcmp(status, "met") == 0;

    if (date_is_none(accepted_on) && sort == DELIVERY && is_met)
        accepted_on = ocds_date(reading, json_object_get(milestone, "dateMet"), ocds_pointer("%s/dateMet", pointer).text);
    if (date_is_none(accepted_on) && sort == DELIVERY && is_met)
        ocds_say(reading, OCDS_MET_WITHOUT_DATE, status, ocds_pointer("%s/status", pointer).text);
    return accepted_on;
}

/* A part of the whole is as little anybody's as the whole. */
static struct fact_money unless_shared(const struct schedule *schedule, struct fact_money money)
{
    return ocds_is_shared(schedule->contract->suppliers) ? (struct fact_money){FACT_MONEY_NONE, ""} : money;
}

static void take_milestone(struct ocds_reading *reading, struct schedule *schedule, const json_t *milestone,
                           const char *id, enum milestone_sort sort, const char *pointer)
{
    const struct ocds_contract *contract = schedule->contract;
    struct fact fact = {
        .kind = FACT_MILESTONE,
        .milestone = {.contract = contract->id,
                      .id = id,
                      .title = ocds_member_text(reading, milestone, "title", TITLE_SIZE_MAX, pointer),
                      .due_on = ocds_date(reading, json_object_get(milestone, "dueDate"),
                                          ocds_pointer("%s/dueDate", pointer).text),
                      .accepted_on = acceptance(reading, milestone, sort, pointer),
                      .invoiced_on = extension_date(reading, milestone, "invoicedDate", pointer),
                      .amount = unless_shared(schedule, milestone_amount(reading, milestone, pointer)),
                      .deducted = unless_shared(schedule, ocds_money(reading, json_object_get(ocds_extension(milestone), "deducted"),
                                                                     ocds_pointer("%s/x_zcd/deducted", pointer).text))},
    };
    const struct fact_milestone *said = &fact.milestone;

    ocds_count(reading, OCDS_TOLD_MILESTONES);
    if (!date_is_none(said->due_on))
        ocds_count(reading, OCDS_TOLD_MILESTONE_DUE);
    if (said->amount.minor != FACT_MONEY_NONE)
        ocds_count(reading, OCDS_TOLD_MILESTONE_AMOUNT);
    if (!date_is_none(said->accepted_on))
        ocds_count(reading, OCDS_TOLD_MILESTONE_ACCEPTED);
    if (said->amount.minor != FACT_MONEY_NONE && contract->value.minor != FACT_MONEY_NONE
        && strcmp(said->amount.currency, contract->value.currency) != 0)
        ocds_say(reading, OCDS_CURRENCY_DIFFERS, said->amount.currency, pointer);
    ocds_take_for_all(reading, &fact, contract->suppliers, pointer);
}

static void read_milestone(struct ocds_reading *reading, struct schedule *schedule, json_t *milestone, size_t i,
                           const char *pointer)
{
    enum milestone_sort sort = sort_of(reading, milestone, pointer);
    const char *id = id_of(reading, milestone, i, pointer);
    json_t *before = json_object_get(schedule->milestones, id);

    if (sort == NOT_IN_SCHEDULE)
        return;
    if (before != NULL) {
        if (!json_equal(before, milestone))
            ocds_say(reading, OCDS_DUPLICATE_ID, id, pointer);
        return;
    }
    json_object_set_nocheck(schedule->milestones, id, milestone);
    schedule->has_met_payment =
        schedule->has_met_payment
        || (sort == PAYMENT && strcmp(ocds_text(reading->context->arena, json_object_get(milestone, "status")), "met") == 0);
    take_milestone(reading, schedule, milestone, id, sort, pointer);
}

/* What is planned, as carrying it out has changed it: a milestone of the implementation fills up from the contract's of the same id. */
static json_t *planned_of(struct ocds_reading *reading, json_t *list, size_t count)
{
    json_t *planned = json_object();

    for (size_t i = 0; i < count; i++) {
        json_t *milestone = json_is_array(list) ? json_array_get(list, i) : list;
        const char *id = ocds_text(reading->context->arena, json_object_get(milestone, "id"));
        if (*id != '\0' && json_object_get(planned, id) == NULL)
            json_object_set_nocheck(planned, id, milestone);
    }
    return planned;
}

static void read_carried_out(struct ocds_reading *reading, struct schedule *schedule, json_t *planned, json_t *list,
                             const char *pointer)
{
    size_t count = ocds_list_size(reading, list, pointer);

    for (size_t i = 0; i < count && reading->code == ZCD_OK; i++) {
        json_t *milestone = ocds_list_at(reading, list, i, pointer);
        if (milestone == NULL)
            continue;
        json_t *whole = json_copy(milestone);
        json_t *plan = json_object_get(planned, ocds_text(reading->context->arena, json_object_get(milestone, "id")));
        if (plan != NULL)
            (void)json_object_update_missing(whole, plan);
        read_milestone(reading, schedule, whole, i, ocds_pointer("%s/%zu", pointer, i).text);
        json_decref(whole);
    }
}

static void read_milestones(struct ocds_reading *reading, struct schedule *schedule)
{
    const struct ocds_contract *contract = schedule->contract;
    json_t *list = json_object_get(contract->json, "milestones");
    struct ocds_pointer pointer = ocds_pointer("%s/milestones", contract->pointer.text);
    size_t count = ocds_list_size(reading, list, pointer.text);
    json_t *planned = planned_of(reading, list, count);

    read_carried_out(reading, schedule, planned,
                     json_object_get(json_object_get(contract->json, "implementation"), "milestones"),
                     ocds_pointer("%s/implementation/milestones", contract->pointer.text).text);
    for (size_t i = 0; i < count && reading->code == ZCD_OK; i++) {
        json_t *milestone = ocds_list_at(reading, list, i, pointer.text);
        const char *id = milestone == NULL ? "" : ocds_text(reading->context->arena, json_object_get(milestone, "id"));
        bool is_read = *id != '\0' && json_object_get(planned, id) == milestone
                       && json_object_get(schedule->milestones, ocds_fact_id(reading->context->arena, id, "", "")) != NULL;
        if (milestone != NULL && !is_read)
            read_milestone(reading, schedule, milestone, i, ocds_pointer("%s/%zu", pointer.text, i).text);
    }
    json_decref(planned);
}

/* ------------------------------------------------------------------------ payments */

/* OCDS 1.0 called the value `amount`. */
static struct fact_money payment_amount(struct ocds_reading *reading, struct schedule *schedule, const json_t *transaction,
                                        const char *pointer)
{
    json_t *value = json_object_get(transaction, "value");

    if (json_is_object(value))
        return ocds_money(reading, value, ocds_pointer("%s/value", pointer).text);
    value = json_object_get(transaction, "amount");
    schedule->has_old_names = schedule->has_old_names || value != NULL;
    return ocds_money(reading, value, ocds_pointer("%s/amount", pointer).text);
}

/* And the payer `providerOrganization`. */
static const char *payer_name(struct ocds_reading *reading, struct schedule *schedule, const json_t *transaction,
                              const char *pointer)
{
    json_t *payer = json_object_get(transaction, "payer");
    if (!json_is_object(payer)) {
        payer = json_object_get(transaction, "providerOrganization");
        schedule->has_old_names = schedule->has_old_names || json_is_object(payer);
    }
    const char *name = ocds_member_text(reading, payer, "name", NAME_SIZE_MAX, pointer);

    return *name != '\0' ? name : ocds_member_text(reading, payer, "legalName", NAME_SIZE_MAX, pointer);
}

/* Of the extension transaction_milestones. */
static const char *milestone_of(struct ocds_reading *reading, const struct schedule *schedule, const json_t *transaction,
                                const char *pointer)
{
    struct arena *arena = reading->context->arena;
    const char *id = ocds_text(arena, json_object_get(json_object_get(transaction, "relatedImplementationMilestone"), "id"));

    if (*id == '\0')
        return "";
    id = ocds_fact_id(arena, id, "", "");
    if (json_object_get(schedule->milestones, id) != NULL)
        return id;
    ocds_say(reading, OCDS_MILESTONE_UNKNOWN, id, ocds_pointer("%s/relatedImplementationMilestone/id", pointer).text);
    return "";
}

/*
 * Whose payment it is: the supplier's; of several the payee's, which OCDS 1.0 called receiverOrganization. NULL, and reported, when
 * that is none of them.
 */
static const struct ocds_organisation *payee_of(struct ocds_reading *reading, const struct schedule *schedule,
                                                const json_t *transaction, const char *pointer)
{
    struct ocds_suppliers *suppliers = schedule->contract->suppliers;
    struct ocds_organisation payee = {.key = "", .name = "", .region = ""};
    json_t *reference = json_object_get(transaction, "payee");

    if (!ocds_is_shared(suppliers))
        return &suppliers->list[0];
    if (!json_is_object(reference))
        reference = json_object_get(transaction, "receiverOrganization");
    if (json_is_object(reference))
        (void)ocds_resolve(reading, reference, ocds_pointer("%s/payee", pointer).text, &payee);
    struct ocds_organisation *found = ocds_find_supplier(suppliers, &payee);
    if (found == NULL)
        ocds_say(reading, OCDS_PAYEE_UNCLEAR, *payee.key == '\0' ? payee.name : payee.key, ocds_pointer("%s/payee", pointer).text);
    return found;
}

static void add_paid(struct schedule *schedule, int64_t minor)
{
    if (__builtin_add_overflow(schedule->paid_minor, minor, &schedule->paid_minor))
        schedule->paid_minor = INT64_MAX;
}

static void take_payment(struct ocds_reading *reading, struct schedule *schedule, const json_t *transaction,
                         const char *id, const struct fact_money *amount, const char *pointer)
{
    const struct ocds_contract *contract = schedule->contract;
    const struct ocds_organisation *payee = payee_of(reading, schedule, transaction, pointer);
    struct fact fact = {
        .kind = FACT_PAYMENT,
        .payment = {.contract = contract->id,
                    .milestone = milestone_of(reading, schedule, transaction, pointer),
                    .id = id,
                    .paid_on = ocds_date(reading, json_object_get(transaction, "date"), ocds_pointer("%s/date", pointer).text),
                    .amount = *amount,
                    .payer_name = payer_name(reading, schedule, transaction, pointer)},
    };

    if (payee == NULL || !ocds_is_wanted(reading, payee))
        return;
    if (date_is_none(fact.payment.paid_on))
        ocds_say(reading, OCDS_DATE_MISSING, NULL, ocds_pointer("%s/date", pointer).text);
    if (strcmp(amount->currency, contract->value.currency) == 0)
        add_paid(schedule, amount->minor);
    else if (contract->value.minor != FACT_MONEY_NONE)
        ocds_say(reading, OCDS_CURRENCY_DIFFERS, amount->currency, pointer);
    ocds_count(reading, OCDS_TOLD_PAYMENTS);
    if (*fact.payment.milestone != '\0')
        ocds_count(reading, OCDS_TOLD_PAYMENT_MILESTONE);
    ocds_take(reading, &fact, payee->key, pointer);
}

static void read_payment(struct ocds_reading *reading, struct schedule *schedule, json_t *transaction, size_t i,
                         const char *pointer)
{
    const char *id = id_of(reading, transaction, i, pointer);
    json_t *before = json_object_get(schedule->payments, id);

    if (before != NULL) {
        if (!json_equal(before, transaction))
            ocds_say(reading, OCDS_DUPLICATE_ID, id, pointer);
        return;
    }
    json_object_set_nocheck(schedule->payments, id, transaction);
    bool is_given = json_object_get(json_object_get(transaction, "value"), "amount") != NULL
                    || json_object_get(json_object_get(transaction, "amount"), "amount") != NULL;
    struct fact_money amount = payment_amount(reading, schedule, transaction, pointer);
    if (amount.minor == FACT_MONEY_NONE && !is_given)
        ocds_say(reading, OCDS_AMOUNT_MISSING, NULL, pointer);
    if (amount.minor == 0)
        ocds_say(reading, OCDS_AMOUNT_ZERO, NULL, pointer);
    if (amount.minor != FACT_MONEY_NONE && amount.minor != 0)
        take_payment(reading, schedule, transaction, id, &amount, pointer);
}

static void read_payments(struct ocds_reading *reading, struct schedule *schedule)
{
    const struct ocds_contract *contract = schedule->contract;
    json_t *list = json_object_get(json_object_get(contract->json, "implementation"), "transactions");
    struct ocds_pointer pointer = ocds_pointer("%s/implementation/transactions", contract->pointer.text);
    size_t count = ocds_list_size(reading, list, pointer.text);

    for (size_t i = 0; i < count && reading->code == ZCD_OK; i++) {
        json_t *transaction = ocds_list_at(reading, list, i, pointer.text);
        if (transaction != NULL)
            read_payment(reading, schedule, transaction, i, ocds_pointer("%s/%zu", pointer.text, i).text);
    }
    if (schedule->has_old_names)
        ocds_say(reading, OCDS_OLD_NAME, NULL, pointer.text);
    if (contract->value.minor != FACT_MONEY_NONE && schedule->paid_minor > contract->value.minor)
        ocds_say(reading, OCDS_PAID_MORE_THAN_VALUE, NULL, pointer.text);
    if (schedule->has_met_payment && json_object_size(schedule->payments) == 0)
        ocds_say(reading, OCDS_MET_WITHOUT_PAYMENT, NULL, contract->pointer.text);
}

void ocds_read_schedule(struct ocds_reading *reading, const struct ocds_contract *contract)
{
    struct schedule schedule = {.contract = contract, .milestones = json_object(), .payments = json_object()};

    read_milestones(reading, &schedule);
    if (json_object_size(schedule.milestones) > 0)
        ocds_count(reading, OCDS_TOLD_CONTRACT_SCHEDULE);
    read_payments(reading, &schedule);
    if (json_object_size(schedule.payments) > 0)
        ocds_count(reading, OCDS_TOLD_CONTRACT_PAID);
    json_decref(schedule.milestones);
    json_decref(schedule.payments);
}
