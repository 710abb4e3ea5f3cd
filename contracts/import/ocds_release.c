#include "base/bytes.h"
#include "base/cleanup.h"
#include "contracts/import/ocds_internal.h"

#include <stdlib.h>
#include <string.h>

enum { TITLE_SIZE_MAX = 500, SHARED_WITH_SIZE_MAX = 2000 };

static json_t *member(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static const char *text_of(struct ocds_reading *reading, const json_t *object, const char *name)
{
    return ocds_text(reading->context->arena, member(object, name));
}

/* Elements of a list by their ids; the first of each. */
static json_t *by_id(struct ocds_reading *reading, const char *name)
{
    json_t *list = member(reading->release, name), *map = json_object();
    struct ocds_pointer pointer = ocds_pointer("/%s", name);
    size_t count = ocds_list_size(reading, list, pointer.text);

    for (size_t i = 0; i < count; i++) {
        json_t *element = ocds_list_at(reading, list, i, pointer.text);
        const char *id = element == NULL ? "" : text_of(reading, element, "id");
        json_t *before = json_object_get(map, id);
        if (before != NULL && !json_equal(before, element))
            ocds_say(reading, OCDS_DUPLICATE_ID, id, ocds_pointer("%s/%zu", pointer.text, i).text);
        if (*id != '\0' && before == NULL)
            json_object_set_nocheck(map, id, element);
    }
    return map;
}

/* -------------------------------------------------------------------- who is who */

/* The only payee of all payments; NULL when there is none, or several. */
static json_t *only_payee(struct ocds_reading *reading, const json_t *contract)
{
    json_t *list = member(member(contract, "implementation"), "transactions"), *only = NULL;
    size_t i;
    json_t *transaction;

    json_array_foreach(list, i, transaction) {
        json_t *payee = member(transaction, "payee");
        if (!json_is_object(payee))
            payee = member(transaction, "receiverOrganization");
        const char *id = text_of(reading, payee, "id");
        if (*id == '\0' || (only != NULL && strcmp(id, text_of(reading, only, "id")) != 0))
            return NULL;
        only = payee;
    }
    return only;
}

/* False, and reported, when they are too many. One that has a key now takes the place of its bare name. */
static bool add_supplier(struct ocds_reading *reading, const struct ocds_organisation *next, const char *pointer,
                         struct ocds_suppliers *suppliers)
{
    struct ocds_organisation *known = ocds_find_supplier(suppliers, next);

    if (known != NULL && *known->key != '\0')
        return true;
    if (known == NULL && suppliers->count == OCDS_SUPPLIERS_MAX) {
        ocds_say(reading, OCDS_SEVERAL_SUPPLIERS, next->key, pointer);
        return false;
    }
    known = known == NULL ? &suppliers->list[suppliers->count++] : known;
    *known = *next;
    return true;
}

/*
 * The suppliers of a list; false, and reported, when none of it may be kept. Where suppliers have no id, merging puts the same one
 * there once for each release, so it is who they are that counts.
 */
static bool take_suppliers(struct ocds_reading *reading, json_t *list, const char *pointer, struct ocds_suppliers *suppliers)
{
    size_t count = ocds_list_size(reading, list, pointer);
    bool is_refused = false, has_key = false;

    suppliers->count = 0;
    for (size_t i = 0; i < count && reading->code == ZCD_OK; i++) {
        json_t *reference = ocds_list_at(reading, list, i, pointer);
        struct ocds_organisation next;
        if (reference == NULL || (i > 0 && json_equal(reference, json_array_get(list, i - 1))))
            continue;
        bool is_sound = ocds_resolve(reading, reference, pointer, &next);
        if ((!is_sound || *next.key != '\0' || *next.name != '\0') && !add_supplier(reading, &next, pointer, suppliers))
            return false;
        is_refused = is_refused || !is_sound;
        has_key = has_key || *next.key != '\0';
    }
    return has_key || !is_refused;
}

static bool has_key(const struct ocds_suppliers *suppliers)
{
    for (size_t i = 0; i < suppliers->count; i++)
        if (*suppliers->list[i].key != '\0')
            return true;
    return false;
}

/* The award that the contract names; the only one when it names none. */
static json_t *award_of(struct ocds_reading *reading, const json_t *contract, const char *pointer)
{
    const char *id = text_of(reading, contract, "awardID");

    if (*id == '\0' && json_object_size(reading->awards) == 1)
        return json_object_iter_value(json_object_iter(reading->awards));
    json_t *award = *id == '\0' ? NULL : json_object_get(reading->awards, id);
    if (award == NULL)
        ocds_say(reading, OCDS_AWARD_MISSING, id, ocds_pointer("%s/awardID", pointer).text);
    return award;
}

/* The payee of all payments: one of those who are only named, or in the place of the only one. False: reported. */
static bool take_payee(struct ocds_reading *reading, const json_t *contract, const char *pointer, struct ocds_suppliers *suppliers)
{
    json_t *payee = only_payee(reading, contract);
    struct ocds_organisation found = {.key = "", .name = "", .region = ""};

    if (payee != NULL && !ocds_resolve(reading, payee, pointer, &found))
        return false;
    ocds_say(reading, *found.key == '\0' ? OCDS_SUPPLIER_MISSING : OCDS_SUPPLIER_FROM_PAYEE, found.key, pointer);
    if (suppliers->count == 1)
        suppliers->count = 0;
    return *found.key != '\0' && add_supplier(reading, &found, pointer, suppliers);
}

static int compare_id(const void *id, const void *at)
{
    return strcmp(id, *(const char *const *)at);
}

/* Releases hold no more than what is new, if their publisher wants it so: the contract may be known as the wanted organisation's. */
static bool take_known(struct ocds_reading *reading, const json_t *contract, const char *pointer, struct ocds_suppliers *suppliers)
{
    const struct ocds_wanted *wanted = reading->context->wanted;
    const char *id = ocds_fact_id(reading->context->arena, text_of(reading, reading->release, "ocid"), text_of(reading, contract, "id"), "");

    if (wanted->contract_count == 0 || ocds_is_shared(suppliers)
        || bsearch(id, wanted->contracts, wanted->contract_count, sizeof *wanted->contracts, compare_id) == NULL)
        return false;
    ocds_say(reading, OCDS_SUPPLIER_KNOWN, wanted->organisation, pointer);
    *suppliers = (struct ocds_suppliers){.list = {ocds_organisation_of(wanted->organisation)}, .count = 1, .is_known = true};
    return true;
}

/* By the contract itself, as the extension contract_suppliers has it; by the award; as it is known; else by the payments. False: reported. */
static bool find_suppliers(struct ocds_reading *reading, const json_t *contract, const json_t *award, const char *pointer,
                           struct ocds_suppliers *suppliers)
{
    *suppliers = (struct ocds_suppliers){.count = 0};
    if (!take_suppliers(reading, member(contract, "suppliers"), ocds_pointer("%s/suppliers", pointer).text, suppliers))
        return false;
    if (!has_key(suppliers)
        && !take_suppliers(reading, member(award, "suppliers"),
                           ocds_pointer("/awards/%s/suppliers", text_of(reading, award, "id")).text, suppliers))
        return false;
    return has_key(suppliers) || take_known(reading, contract, pointer, suppliers) || take_payee(reading, contract, pointer, suppliers);
}

/* The buyer, who pays; else who procures. */
static const char *take_payer(struct ocds_reading *reading, struct ocds_suppliers *suppliers)
{
    json_t *reference = member(reading->release, "buyer");
    const char *pointer = "/buyer";
    struct ocds_organisation payer;

    if (!json_is_object(reference)) {
        reference = member(member(reading->release, "tender"), "procuringEntity");
        pointer = "/tender/procuringEntity";
    }
    if (!json_is_object(reference)) {
        ocds_say(reading, OCDS_PAYER_MISSING, NULL, "/buyer");
        return "";
    }
    if (!ocds_resolve(reading, reference, pointer, &payer) || (*payer.key == '\0' && *payer.name == '\0'))
        return "";
    if (*payer.key == '\0') {
        ocds_say(reading, OCDS_PAYER_BY_NAME, payer.name, pointer);
        payer.key = ocds_fact_id(reading->context->arena, "name:", payer.name, "");
    }
    if (ocds_find_supplier(suppliers, &payer) != NULL)
        ocds_say(reading, OCDS_PAYER_IS_SUPPLIER, payer.key, pointer);
    struct fact fact = {.kind = FACT_PAYER,
                        .payer = {.id = payer.key,
                                  .uscc = payer.is_uscc ? payer.key : "",
                                  .name = payer.name,
                                  .level = payer.level,
                                  .region = payer.region}};
    ocds_take_for_all(reading, &fact, suppliers, pointer);
    return payer.key;
}

/* ------------------------------------------------------------------------- contracts */

/* Where the contract stands on the release's day. `terminated` is OCDS's word for both ends: kept to the last day, or not. */
static enum contract_stage stage_of(struct ocds_reading *reading, const char *status, const struct fact_contract *contract,
                                    const char *pointer)
{
    bool has_started = !date_is_none(contract->starts_on) && date_compare(contract->starts_on, reading->on) <= 0;
    bool has_ended = !date_is_none(contract->ends_on) && date_compare(contract->ends_on, reading->on) <= 0;

    if (strcmp(status, "pending") == 0)
        return CONTRACT_STAGE_AWARDED;
    if (strcmp(status, "cancelled") == 0)
        return CONTRACT_STAGE_TERMINATED;
    if (strcmp(status, "terminated") == 0)
        return has_ended ? CONTRACT_STAGE_CLOSED : CONTRACT_STAGE_TERMINATED;
    if (strcmp(status, "active") != 0) {
        ocds_say(reading, OCDS_STATUS_UNKNOWN, status, ocds_pointer("%s/status", pointer).text);
        if (date_is_none(contract->signed_on))
            return CONTRACT_STAGE_AWARDED;
    }
    return has_started ? CONTRACT_STAGE_PERFORMING : CONTRACT_STAGE_SIGNED;
}

static struct date period_day(struct ocds_reading *reading, const json_t *contract, const json_t *award, const char *name,
                              const char *pointer)
{
    struct date day = ocds_date(reading, member(member(contract, "period"), name),
                                ocds_pointer("%s/period/%s", pointer, name).text);

    if (!date_is_none(day) || !json_is_object(member(award, "contractPeriod")))
        return day;
    return ocds_date(reading, member(member(award, "contractPeriod"), name),
                     ocds_pointer("/awards/%s/contractPeriod/%s", text_of(reading, award, "id"), name).text);
}

static struct fact_money value_of(struct ocds_reading *reading, const json_t *contract, const json_t *award,
                                  const char *pointer)
{
    struct fact_money value = ocds_money(reading, member(contract, "value"), ocds_pointer("%s/value", pointer).text);
    bool is_given = member(member(contract, "value"), "amount") != NULL;

    if (value.minor != FACT_MONEY_NONE || is_given)
        return value;
    value = ocds_money(reading, member(award, "value"),
                       ocds_pointer("/awards/%s/value", text_of(reading, award, "id")).text);
    if (value.minor != FACT_MONEY_NONE)
        ocds_say(reading, OCDS_VALUE_OF_AWARD, NULL, pointer);
    return value;
}

static bool has_uscc(const struct ocds_suppliers *suppliers)
{
    for (size_t i = 0; i < suppliers->count; i++)
        if (suppliers->list[i].is_uscc)
            return true;
    return false;
}

static void count_contract(struct ocds_reading *reading, const struct fact_contract *contract,
                           const struct ocds_suppliers *suppliers)
{
    if (has_uscc(suppliers))
        ocds_count(reading, OCDS_TOLD_CONTRACT_USCC);
    if (*contract->payer != '\0')
        ocds_count(reading, OCDS_TOLD_CONTRACT_PAYER);
    if (contract->value.minor != FACT_MONEY_NONE)
        ocds_count(reading, OCDS_TOLD_CONTRACT_VALUE);
    if (strcmp(contract->value.currency, FACT_CURRENCY_SCORED) == 0)
        ocds_count(reading, OCDS_TOLD_CONTRACT_YUAN);
    if (!date_is_none(contract->signed_on))
        ocds_count(reading, OCDS_TOLD_CONTRACT_SIGNED);
    if (!date_is_none(contract->starts_on) && !date_is_none(contract->ends_on))
        ocds_count(reading, OCDS_TOLD_CONTRACT_PERIOD);
}

static void check_contract(struct ocds_reading *reading, const struct fact_contract *contract, const char *pointer)
{
    if (contract->value.minor != FACT_MONEY_NONE && strcmp(contract->value.currency, FACT_CURRENCY_SCORED) != 0)
        ocds_say(reading, OCDS_CURRENCY_NOT_SCORED, contract->value.currency, pointer);
    if (!date_is_none(contract->starts_on) && !date_is_none(contract->ends_on)
        && date_compare(contract->ends_on, contract->starts_on) < 0)
        ocds_say(reading, OCDS_PERIOD_REVERSED, NULL, ocds_pointer("%s/period", pointer).text);
}

static void fill_contract(struct ocds_reading *reading, json_t *json, const json_t *award, const char *pointer,
                          const struct ocds_suppliers *suppliers, struct fact_contract *contract)
{
    const char *status = text_of(reading, json, "status");
    const char *published = ocds_text(reading->context->arena, member(ocds_extension(json), "number"));

    contract->number = *published == '\0' ? text_of(reading, json, "id") : published;
    contract->title = ocds_member_text(reading, json, "title", TITLE_SIZE_MAX, pointer);
    if (*contract->title == '\0')
        contract->title = ocds_member_text(reading, award, "title", TITLE_SIZE_MAX, "/awards");
    if (*contract->title == '\0')
        contract->title = ocds_member_text(reading, member(reading->release, "tender"), "title", TITLE_SIZE_MAX, "/tender");
    contract->value = ocds_is_shared(suppliers) ? (struct fact_money){FACT_MONEY_NONE, ""} : value_of(reading, json, award, pointer);
    contract->awarded_on =
        ocds_date(reading, member(award, "date"), ocds_pointer("/awards/%s/date", text_of(reading, award, "id")).text);
    contract->signed_on = ocds_date(reading, member(json, "dateSigned"), ocds_pointer("%s/dateSigned", pointer).text);
    contract->published_on = ocds_date(reading, member(ocds_extension(json), "publishedDate"),
                                       ocds_pointer("%s/x_zcd/publishedDate", pointer).text);
    contract->starts_on = period_day(reading, json, award, "startDate", pointer);
    contract->ends_on = period_day(reading, json, award, "endDate", pointer);
    contract->tier = (enum contract_tier)ocds_extension_code(reading, json, "tier", &CODELIST_CONTRACT_TIER, pointer);
    contract->fund_source =
        (enum fund_source)ocds_extension_code(reading, json, "fundSource", &CODELIST_FUND_SOURCE, pointer);
    contract->trigger =
        (enum payment_trigger)ocds_extension_code(reading, json, "paymentTrigger", &CODELIST_PAYMENT_TRIGGER, pointer);
    contract->payment_term_days = ocds_extension_count(reading, json, "paymentTermDays", pointer);
    contract->renewals = ocds_extension_count(reading, json, "renewals", pointer);
    contract->stage = suppliers->is_known && *status == '\0' ? CONTRACT_STAGE_NONE : stage_of(reading, status, contract, pointer);
    if (suppliers->is_known && date_is_none(contract->awarded_on) && date_is_none(contract->signed_on) && date_is_none(contract->published_on))
        contract->holds_from = reading->on;
}

/* The suppliers but one, for people: "NAME (KEY); NAME (KEY)". */
static const char *names_beside(struct ocds_reading *reading, const struct ocds_suppliers *suppliers,
                                const struct ocds_organisation *but)
{
    ZCD_AUTO(buffer_done)
    struct buffer text = {0};

    if (!ocds_is_shared(suppliers))
        return "";
    for (size_t i = 0; i < suppliers->count; i++) {
        const struct ocds_organisation *one = &suppliers->list[i];
        const char *key = *one->key == '\0' ? "?" : one->key;
        if (one == but)
            continue;
        if (text.size + strlen(one->name) + strlen(key) > SHARED_WITH_SIZE_MAX - 16) {
            buffer_append_format(&text, "; …");
            break;
        }
        buffer_append_format(&text, "%s%s%s(%s)", text.size == 0 ? "" : "; ", one->name, *one->name == '\0' ? "" : " ", key);
    }
    return arena_copy_bytes(reading->context->arena, text.data, text.size);
}

/* The contract of each supplier; of one that is shared, with the others named. */
static void take_for_each(struct ocds_reading *reading, struct fact *fact, const struct ocds_suppliers *suppliers,
                          const char *pointer)
{
    for (size_t i = 0; i < suppliers->count; i++) {
        const struct ocds_organisation *supplier = &suppliers->list[i];
        struct fact organisation = {.kind = FACT_ORGANISATION,
                                    .organisation_fact = {.name = supplier->name, .region = supplier->region}};
        if (!ocds_is_wanted(reading, supplier))
            continue;
        fact->contract.shared_with = names_beside(reading, suppliers, supplier);
        ocds_take(reading, &organisation, supplier->key, pointer);
        ocds_take(reading, fact, supplier->key, pointer);
    }
}

static void take_contract(struct ocds_reading *reading, json_t *json, const json_t *award, struct ocds_suppliers *suppliers,
                          const char *pointer)
{
    const char *ocid = text_of(reading, reading->release, "ocid");
    struct fact fact = {.kind = FACT_CONTRACT, .contract = {.holds_from = DATE_NONE}};

    if (ocds_is_shared(suppliers))
        ocds_say(reading, OCDS_SHARED_CONTRACT, names_beside(reading, suppliers, NULL), pointer);
    fact.contract.id = ocds_fact_id(reading->context->arena, ocid, text_of(reading, json, "id"), "");
    fact.contract.payer = take_payer(reading, suppliers);
    fill_contract(reading, json, award, pointer, suppliers, &fact.contract);
    count_contract(reading, &fact.contract, suppliers);
    check_contract(reading, &fact.contract, pointer);
    take_for_each(reading, &fact, suppliers, pointer);
    const struct ocds_contract contract = {.json = json,
                                           .suppliers = suppliers,
                                           .id = fact.contract.id,
                                           .value = fact.contract.value,
                                           .pointer = ocds_pointer("%s", pointer)};
    ocds_read_schedule(reading, &contract);
}

static bool has_wanted(const struct ocds_reading *reading, const struct ocds_suppliers *suppliers)
{
    for (size_t i = 0; i < suppliers->count; i++)
        if (ocds_is_wanted(reading, &suppliers->list[i]))
            return true;
    return false;
}

static void read_contract(struct ocds_reading *reading, json_t *contract, const char *pointer)
{
    struct ocds_suppliers suppliers;

    ocds_count(reading, OCDS_TOLD_CONTRACTS);
    if (*text_of(reading, contract, "id") == '\0') {
        ocds_say(reading, OCDS_ID_MISSING, NULL, pointer);
        return;
    }
    json_t *award = award_of(reading, contract, pointer);
    if (!find_suppliers(reading, contract, award, pointer, &suppliers))
        return;
    ocds_count(reading, OCDS_TOLD_CONTRACT_SUPPLIER);
    if (has_wanted(reading, &suppliers))
        take_contract(reading, contract, award, &suppliers, pointer);
    else
        ocds_count(reading, OCDS_TOLD_ELSEWHERE);
}

/* Ids of contracts and of the awards that have one. */
static void read_contracts(struct ocds_reading *reading)
{
    json_t *list = member(reading->release, "contracts"), *seen = json_object(), *awarded = json_object();
    size_t count = ocds_list_size(reading, list, "/contracts");

    for (size_t i = 0; i < count && reading->code == ZCD_OK; i++) {
        json_t *contract = ocds_list_at(reading, list, i, "/contracts");
        struct ocds_pointer pointer = ocds_pointer("/contracts/%zu", i);
        const char *id = contract == NULL ? "" : text_of(reading, contract, "id");
        json_t *before = json_object_get(seen, id);
        if (contract == NULL)
            continue;
        json_object_set_nocheck(awarded, text_of(reading, contract, "awardID"), contract);
        if (before == NULL)
            read_contract(reading, contract, pointer.text);
        else if (!json_equal(before, contract))
            ocds_say(reading, OCDS_DUPLICATE_ID, id, pointer.text);
        if (*id != '\0')
            json_object_set_nocheck(seen, id, contract);
    }
    const char *id;
    json_t *award;
    json_object_foreach(reading->awards, id, award)
        if (json_object_get(awarded, id) == NULL && json_object_get(awarded, "") == NULL)
            ocds_say(reading, OCDS_AWARD_WITHOUT_CONTRACT, id, "/awards");
    json_decref(seen);
    json_decref(awarded);
}

enum zcd_code ocds_release_read(json_t *release, const struct ocds_context *context, struct zcd_error *err)
{
    struct ocds_reading reading = {.context = context, .release = release, .err = err};

    context->coverage->counts[OCDS_TOLD_PROCESSES]++;
    reading.parties = by_id(&reading, "parties");
    reading.awards = by_id(&reading, "awards");
    reading.on = ocds_date(&reading, member(release, "date"), "/date");
    read_contracts(&reading);
    json_decref(reading.parties);
    json_decref(reading.awards);
    return reading.code;
}

/* ------------------------------------------------------------------------------ ids */

static enum zcd_code drop_repeated(json_t *list, const struct ocds_context *context, struct zcd_error *err, const char *pointer)
{
    json_t *seen = json_object(), *kept = json_array(), *element;
    enum zcd_code code = ZCD_OK;
    size_t i;

    json_array_foreach(list, i, element) {
        const char *id = ocds_text(context->arena, member(element, "id"));
        json_t *before = *id == '\0' ? NULL : json_object_get(seen, id);
        if (before == NULL)
            json_array_append(kept, element);
        if (before == NULL && *id != '\0')
            json_object_set_nocheck(seen, id, element);
        if (before != NULL && code == ZCD_OK && !json_equal(before, element))
            code = ocds_report(context, OCDS_DUPLICATE_ID, id, err, "%s/%zu", pointer, i);
    }
    if (json_array_size(kept) < json_array_size(list)) {
        (void)json_array_clear(list);
        (void)json_array_extend(list, kept);
    }
    json_decref(kept);
    json_decref(seen);
    return code;
}

enum zcd_code ocds_release_check_ids(json_t *release, const struct ocds_context *context, struct zcd_error *err)
{
    static const char *const LISTS[] = {"parties", "awards", "contracts"};
    json_t *contract;
    enum zcd_code code = ZCD_OK;
    size_t i;

    for (i = 0; i < sizeof LISTS / sizeof *LISTS && code == ZCD_OK; i++)
        code = drop_repeated(member(release, LISTS[i]), context, err, ocds_pointer("/%s", LISTS[i]).text);
    json_array_foreach(member(release, "contracts"), i, contract) {
        json_t *implementation = member(contract, "implementation");
        if (code == ZCD_OK)
            code = drop_repeated(member(contract, "milestones"), context, err, ocds_pointer("/contracts/%zu/milestones", i).text);
        if (code == ZCD_OK)
            code = drop_repeated(member(implementation, "milestones"), context, err,
                                 ocds_pointer("/contracts/%zu/implementation/milestones", i).text);
        if (code == ZCD_OK)
            code = drop_repeated(member(implementation, "transactions"), context, err,
                                 ocds_pointer("/contracts/%zu/implementation/transactions", i).text);
    }
    return code;
}

/* ----------------------------------------------------------------------------- tags */

static bool has_tag(const json_t *release, const char *const *names)
{
    json_t *tags = json_object_get(release, "tag"), *tag;
    size_t i;

    for (; *names != NULL; names++) {
        if (json_is_string(tags) && strcmp(json_string_value(tags), *names) == 0)
            return true;
        json_array_foreach(tags, i, tag)
            if (json_is_string(tag) && strcmp(json_string_value(tag), *names) == 0)
                return true;
    }
    return false;
}

enum zcd_code ocds_release_check_tag(json_t *release, const struct ocds_context *context, struct zcd_error *err)
{
    static const char *const CONTRACT_TAGS[] = {"contract",       "contractUpdate",       "contractAmendment", "contractTermination",
                                                "implementation", "implementationUpdate", "compiled",          NULL};
    json_t *tags = json_object_get(release, "tag");
    bool has_contracts = json_object_size(json_object_get(release, "contracts")) > 0
                         || json_array_size(json_object_get(release, "contracts")) > 0;

    if (!has_contracts || has_tag(release, CONTRACT_TAGS))
        return ZCD_OK;
    const json_t *shown = json_is_array(tags) ? json_array_get(tags, 0) : tags;
    return ocds_report(context, OCDS_TAG_DOES_NOT_FIT, ocds_text(context->arena, shown), err, "/tag");
}
