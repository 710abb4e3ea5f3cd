#!/usr/bin/env python3
"""Print a complete dossier (zhengcaidai/dossier/1) for one of the example cases.

    python3 tests/lib/reconstruct.py --case zhicheng-2020-10 --seed 0

What newspapers reported about Zhicheng stands in REPORTED below and is the same for every seed. The rest (contracts,
payers, dates, delays, staff licences, accounts) is reconstructed: drawn within bands that are plausible for Shenzhen,
from a generator keyed by the case, the seed and the name of what is drawn. So one seed always gives the same bytes, and
a verdict that holds for 50 seeds does not hang on invented detail. The files in data/examples are seed 0.

Every organisation but Zhicheng is fictional, and every payer is. All unified social credit codes are invented: they
carry correct check characters (GB 11714, GB 32100) and the letters EXAMP in the organisation code.
"""
import argparse
import datetime
import hashlib
import json
import sys

YUAN = 100  # fen
WAN = 10_000 * YUAN
DAY = datetime.timedelta(days=1)

# Facts as reported by People's Daily Online (人民网) in August 2022; nothing else about Zhicheng is a fact.
REPORTED = {
    "name": "深圳市龙岗区至诚社会工作服务中心",
    "founded": 2009,
    "excellent_years": (2018, 2019, 2020),  # "three years running since 2018"
    "lent_fen": 500 * WAN,  # approved in October 2020; what was asked, and what was renewed in 2022, is taken from it
    "lender": "交通银行深圳分行",
}

PROVENANCE_ZHICHENG = (
    "事实据人民网2022年8月报道：机构名称、2009年成立、服务龙岗等六区、2018年起连续三年绩效评估优秀、{facts_zh}。"
    "申请金额与期限、合同、付款方、日期、回款、人员证书、等级与年检、账户与财务明细均为重构，不是事实；所有统一社会信用代码均为虚构，仅校验位有效。"
    " Facts as reported by People's Daily Online in August 2022: the name, founded in 2009, serving Longgang and five "
    "more districts, rated excellent three years running from 2018, {facts_en}. The amount and tenor asked, contracts, "
    "payers, dates, payments, licences, grade, inspections, accounts and financial detail are reconstructed, not fact; "
    "all unified social credit codes are invented and carry valid check characters only. (reconstruction, seed {seed})"
)
PROVENANCE_FICTION = (
    "虚构示例：机构、付款方、合同与代码均为虚构，不指任何真实主体。"
    " Fiction: the organisation, its payers, contracts and codes are invented and stand for nobody. (seed {seed})"
)


# -------------------------------------------------------------------------------- chance

class Luck:
    """Whole numbers keyed by names, so that a draw does not depend on what was drawn before it."""

    def __init__(self, case, seed):
        self.key = f"{case}/{seed}"

    def between(self, low, high, *names):
        """A whole number from low to high, both included."""
        text = "/".join([self.key, *map(str, names)])
        number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        return low + number % (high - low + 1)

    def happens(self, percent, *names):
        return self.between(1, 100, *names) <= percent


# -------------------------------------------------------------------------------- codes

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I O S V Z


def organisation_check(body):
    """GB 11714: check character of 8 characters, letters counting from A = 10."""
    total = sum(int(c, 36) * weight for c, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2)))
    return "0123456789X"[(11 - total % 11) % 11]


def uscc_check(body):
    """GB 32100: check character of the first 17 characters."""
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return ALPHABET[(31 - total % 31) % 31]


def invent_uscc(kind, region, number):
    """A code that passes both checks and says in its organisation code that it is an example."""
    body = f"EXAMP{number:03d}"
    code = kind + region + body + organisation_check(body)
    return code + uscc_check(code)


# -------------------------------------------------------------------------------- dates

def day(text):
    return datetime.date.fromisoformat(text)


def years_later(date, years):
    return date.replace(year=date.year + years)


def next_working_day(date):
    """Offices are closed at weekends and through the first weeks of a year, until the budget is opened."""
    if date.month == 1 and date.day < 15:
        date = date.replace(day=15)
    while date.weekday() >= 5:
        date += DAY
    return date


# -------------------------------------------------------------------------------- contracts

# Share of the value in percent, when it is due in thousandths of the service period, title.
SHAPES = {
    "advance": ((60, 40, "项目方案确认"), (30, 500, "中期评估"), (10, 1000, "末期评估")),
    "thirds": ((30, 40, "项目方案确认"), (30, 500, "中期评估"), (40, 1000, "末期评估")),
    "late": ((40, 40, "项目方案确认"), (30, 700, "中期评估"), (30, 1000, "末期评估")),
    "four": ((50, 40, "项目方案确认"), (20, 340, "第一次中期检查"), (20, 670, "第二次中期检查"), (10, 1000, "末期评估")),
    "quarters": ((25, 40, "第一季度计划确认"), (25, 290, "第二季度计划确认"), (25, 540, "第三季度计划确认"), (25, 790, "第四季度计划确认")),
}


PAYMENT_TERM_DAYS = 30


class Payer:
    """Who pays, and how many days after the payable day as a rule. One that stopped pays nothing from that day on."""

    def __init__(self, id, kind, level, region, name, delay_days, stopped_on="9999-01-01"):
        self.id, self.kind, self.level, self.region, self.name = id, kind, level, region, name
        self.delay_days, self.stopped_on = delay_days, day(stopped_on)

    def record(self, number):
        code = invent_uscc(self.kind, self.region, number)
        return {"id": self.id, "uscc": code, "name": self.name, "level": self.level, "region": self.region}


class Line:
    """A service that is bought year after year: one contract for each project year."""

    def __init__(self, id, title, payer, value_wan, first_start, shape, tier="township_station",
                 fund="department_budget"):
        self.id, self.title, self.payer, self.value_wan, self.shape = id, title, payer, value_wan, shape
        self.first_start, self.tier, self.fund = day(first_start), tier, fund


class History:
    """Everything that decides how one case's past went."""

    def __init__(self, luck, as_of, slip_days, delay_percent=lambda date: 100):
        self.luck, self.as_of, self.slip_days, self.delay_percent = luck, as_of, slip_days, delay_percent


def split_value(value_fen, shares):
    """Parts of a value by percent; the last takes what rounding leaves."""
    parts = [value_fen * share // 100 for share in shares[:-1]]
    return parts + [value_fen - sum(parts)]


def accepted_on(history, contract_id, milestone_id, due_on):
    low, high = history.slip_days(due_on)
    if milestone_id == "m1":  # a plan on paper slips half as much as work on the spot
        low, high = low // 2, high // 2
    return next_working_day(due_on + DAY * history.luck.between(low, high, "slip", contract_id, milestone_id))


def paid_on(history, payer, contract_id, milestone_id, payable_on):
    """A payer's usual delay, give or take a fifth, slower or faster in some times."""
    noise = history.luck.between(80, 122, "delay", contract_id, milestone_id)
    days = payer.delay_days * noise * history.delay_percent(payable_on) // 10_000
    return next_working_day(payable_on + DAY * days)


def make_payments(history, payer, contract_id, milestone_id, amount_fen, first_on):
    """One payment, or now and then two, a fortnight apart; those that came by as_of."""
    luck = history.luck
    if luck.happens(12, "in parts", contract_id, milestone_id):
        first_fen = amount_fen * luck.between(40, 70, "first part", contract_id, milestone_id) // 100
        parts = [(first_on, first_fen), (next_working_day(first_on + 14 * DAY), amount_fen - first_fen)]
    else:
        parts = [(first_on, amount_fen)]
    return [{"id": f"t{i}", "paid_on": str(date), "amount_fen": fen}
            for i, (date, fen) in enumerate(parts, start=1)
            if date <= history.as_of and date < payer.stopped_on]


def make_milestone(history, payer, contract_id, number, title, due_on, amount_fen, may_be_deducted):
    """What happened to one piece of work up to as_of."""
    luck, as_of, id = history.luck, history.as_of, f"m{number}"
    milestone = {"id": id, "title": title, "due_on": str(due_on), "amount_fen": amount_fen}
    accepted = accepted_on(history, contract_id, id, due_on)
    if accepted > as_of:
        return milestone
    milestone["accepted_on"] = str(accepted)
    invoiced = next_working_day(accepted + DAY * luck.between(1, 5, "invoice", contract_id, id))
    if may_be_deducted and luck.happens(20, "deduction", contract_id, id):
        milestone["deducted_fen"] = amount_fen * luck.between(5, 20, "deducted", contract_id, id) // 1000
    if invoiced > as_of:
        return milestone
    milestone["invoiced_on"] = str(invoiced)
    first_on = paid_on(history, payer, contract_id, id, invoiced + DAY * PAYMENT_TERM_DAYS)
    payments = make_payments(history, payer, contract_id, id, amount_fen - milestone.get("deducted_fen", 0), first_on)
    if payments:
        milestone["payments"] = payments
    return milestone


def outstanding_fen(milestone):
    paid = sum(payment["amount_fen"] for payment in milestone.get("payments", ()))
    return milestone["amount_fen"] - milestone.get("deducted_fen", 0) - paid


def stage_of(contract, as_of):
    if day(contract["starts_on"]) > as_of:
        return "signed"
    if day(contract["ends_on"]) >= as_of:
        return "performing"
    return "evaluating" if any(map(outstanding_fen, contract["milestones"])) else "closed"


def make_milestones(history, line, contract_id, starts_on, ends_on, value_fen):
    shape = SHAPES[line.shape]
    service_days = (ends_on - starts_on).days + 1
    amounts = split_value(value_fen, [share for share, _, _ in shape])
    return [
        make_milestone(history, line.payer, contract_id, number, title,
                       due_on=starts_on + DAY * (service_days * at // 1000 - 1), amount_fen=amount_fen,
                       may_be_deducted=number == len(shape))
        for number, ((_, at, title), amount_fen) in enumerate(zip(shape, amounts), start=1)
    ]


def make_contract(history, line, starts_on, value_fen, renewals, evaluation=None, account_locked=False):
    """One project year of a line as it stands on as_of."""
    luck, id = history.luck, f"{line.id}-{starts_on.year}"
    ends_on = years_later(starts_on, 1) - DAY
    awarded_on = next_working_day(starts_on - DAY * luck.between(14, 35, "award", id))
    signed_on = next_working_day(awarded_on + DAY * luck.between(5, 20, "signing", id))
    published_on = next_working_day(signed_on + DAY * luck.between(0, 2, "publication", id))
    contract = {
        "id": id, "title": line.title, "payer": line.payer.id, "tier": line.tier, "fund_source": line.fund, "stage": "",
        "value_fen": value_fen, "awarded_on": str(awarded_on), "signed_on": str(signed_on),
        "published_on": str(published_on), "starts_on": str(starts_on), "ends_on": str(ends_on),
        "payment_term_days": PAYMENT_TERM_DAYS, "trigger": "acceptance", "renewals": renewals,
    }
    if evaluation:
        contract["service_evaluation"] = evaluation
    contract |= {
        "retained_fen": 0, "disputed_fen": 0,
        "security": {"account_locked": account_locked, "pledge_registration": None, "buyer_confirmed": False},
        "milestones": make_milestones(history, line, id, starts_on, ends_on, value_fen),
    }
    contract["stage"] = stage_of(contract, history.as_of)
    return contract


def draw_values(luck, lines, total_wan):
    """The current value of each line, thousands of yuan, near its middle value and adding up to the total."""
    drawn = {line.id: line.value_wan * 10 * luck.between(88, 112, "value", line.id) // 100 for line in lines}
    scaled = {id: value * total_wan * 10 // sum(drawn.values()) for id, value in drawn.items()}
    scaled[lines[0].id] += total_wan * 10 - sum(scaled.values())
    return {id: thousands * 1000 * YUAN for id, thousands in scaled.items()}


def project_years(line, as_of, oldest_end):
    """First days of the line's contracts that had begun by as_of and ended no earlier than oldest_end; oldest first."""
    starts = []
    start = line.first_start
    while start <= as_of:
        if years_later(start, 1) - DAY >= oldest_end:
            starts.append(start)
        start = years_later(start, 1)
    return starts


def make_line_contracts(history, line, value_fen, price_fall_percent, locked_since=None):
    """
    This year's contract and the one before it, whose value was less by a few percent.

      price_fall_percent  lowest and highest fall, looking a year back
      locked_since        accounts of contracts that start on this day or later are locked; None: none is
    """
    luck, contracts = history.luck, []
    starts = project_years(line, history.as_of, history.as_of - 366 * DAY)
    for start in starts:
        is_current = start == starts[-1]
        fall = 0 if is_current else luck.between(*price_fall_percent, "price", line.id, start.year)
        value = value_fen * (100 - fall) // 100 // (1000 * YUAN) * (1000 * YUAN)
        renewals = start.year - line.first_start.year
        rating = "excellent" if luck.happens(70, "evaluation", line.id, start.year) else "good"
        contracts.append(make_contract(history, line, start, value, renewals, rating if renewals else None,
                                       locked_since is not None and start >= locked_since))
    return contracts


# -------------------------------------------------------------------------------- the whole document

def experience(luck, classes):
    """What a whole book might know of each class of payers: milestones paid and the speed of payment, in millionths."""
    rows = []
    for level, fund, events, speed_percent in classes:
        seen = events * luck.between(90, 110, "experience", level, fund) * 10_000
        row = {"level": level, "fund_source": fund, "events_ppm": seen, "exposure_ppm": seen * 100 // speed_percent}
        rows.append(row)
    return rows


def assemble(as_of, provenance, organisation, payers, experience_rows, contracts, application, facilities=(),
             resources=()):
    return {
        "schema": "zhengcaidai/dossier/1", "as_of": str(as_of), "provenance": provenance, "organisation": organisation,
        "payers": [payer.record(number) for number, payer in enumerate(payers, start=100)],
        "payer_experience": experience_rows, "linked_resources": list(resources), "contracts": contracts,
        "facilities": list(facilities), "application": application,
    }


def make_application(kind, amount_fen, tenor_months, requested_on, facility=None):
    return {"id": "a1", "kind": kind, "amount_fen": amount_fen, "tenor_months": tenor_months, "purpose": "payroll",
            "requested_on": str(requested_on), "facility": facility}


STATEMENT_FIELDS = ("income_fen", "public_income_fen", "cost_fen", "unrestricted_net_assets_fen",
                    "restricted_net_assets_fen", "receivables_fen", "liabilities_fen")


def statement(year, *amounts_wan):
    """One year's accounts, in ten thousand yuan, in the order of STATEMENT_FIELDS."""
    fields = zip(STATEMENT_FIELDS, amounts_wan, strict=True)
    return {"year": year, "regime": "2004"} | {name: wan * WAN for name, wan in fields}


def earned_unpaid_wan(contracts, as_of):
    """Service rendered up to as_of, a day's share of the value for each day, less what was paid; ten thousand yuan."""
    earned, paid = 0, 0
    for contract in contracts:
        first, last = day(contract["starts_on"]), day(contract["ends_on"])
        earned += contract["value_fen"] * ((min(last, as_of) - first).days + 1) // ((last - first).days + 1)
        paid += contract["value_fen"] - sum(map(outstanding_fen, contract["milestones"]))
    return (earned - paid) // WAN


def cash_fen(contracts, as_of, together_wan, low_wan, high_wan):
    """What payers owe is missing in the bank: the two together are much the same for every seed."""
    return max(low_wan, min(high_wan, together_wan - earned_unpaid_wan(contracts, as_of))) * WAN


def evaluations(**result_of):
    """evaluations(y2019="good") and so on."""
    return [{"year": int(year[1:]), "result": result} for year, result in result_of.items()]


def inspections(first, last):
    return [{"year": year, "result": "qualified"} for year in range(first, last + 1)]


def staff(on, total, assistant, intermediate, senior):
    return {"on": on, "total": total, "licensed_assistant": assistant, "licensed_intermediate": intermediate,
            "licensed_senior": senior}


def resources(on, volunteers, communities):
    return [{"kind": "volunteers", "on": on, "count": volunteers, "amount_fen": 0, "note": "重构：登记志愿者"},
            {"kind": "community", "on": on, "count": communities, "amount_fen": 0, "note": "重构：服务社区"}]


# -------------------------------------------------------------------------------- Zhicheng

# Dapeng (大鹏新区) is a functional district without a code of its own in GB/T 2260; its area belongs to Longgang, 440307.
PAYERS = {payer.id: payer for payer in (
    Payer("p01", "11", "district", "440307", "龙岗区民政部门（重构付款方）", 56),
    Payer("p02", "11", "township", "440307", "龙岗区某街道办事处甲（重构付款方）", 60),
    Payer("p03", "11", "township", "440307", "龙岗区某街道办事处乙（重构付款方）", 51),
    Payer("p04", "11", "district", "440306", "宝安区民政部门（重构付款方）", 54),
    Payer("p05", "11", "township", "440306", "宝安区某街道办事处甲（重构付款方）", 63),
    Payer("p06", "11", "district", "440309", "龙华区民政部门（重构付款方）", 52),
    Payer("p07", "11", "township", "440309", "龙华区某街道办事处甲（重构付款方）", 58),
    Payer("p08", "11", "township", "440304", "福田区某街道办事处甲（重构付款方）", 45),
    Payer("p09", "11", "township", "440305", "南山区某街道办事处甲（重构付款方）", 47),
    Payer("p10", "11", "district", "440307", "大鹏新区社会建设部门（重构付款方）", 61),
    Payer("p11", "11", "city", "440300", "深圳市级福利彩票公益金项目主管部门（重构付款方）", 66),
    Payer("p12", "12", "public_institution", "440307", "龙岗区某公立学校（重构付款方）", 49),
    Payer("p13", "12", "public_institution", "440306", "宝安区某公立医院（重构付款方）", 64),
)}

LINES_2020 = (
    Line("c01", "龙岗区社会工作岗位购买", PAYERS["p01"], 520, "2017-01-01", "quarters", "county_centre"),
    Line("c02", "街道社工站与党群服务中心社会工作服务（龙岗甲）", PAYERS["p02"], 480, "2018-01-01", "four", fund="purchase_list"),
    Line("c03", "街道社工站与党群服务中心社会工作服务（龙岗乙）", PAYERS["p03"], 440, "2017-07-01", "four", fund="purchase_list"),
    Line("c04", "宝安区儿童保护与困境家庭社会工作服务", PAYERS["p04"], 420, "2018-07-01", "quarters", "county_centre"),
    Line("c05", "街道社工站服务（宝安甲）", PAYERS["p05"], 560, "2017-09-01", "quarters", fund="purchase_list"),
    Line("c06", "龙华区社会工作督导与站点支持", PAYERS["p06"], 420, "2019-08-01", "quarters"),
    Line("c07", "街道社工站服务（龙华甲）", PAYERS["p07"], 500, "2018-04-01", "four", fund="purchase_list"),
    Line("c08", "街道党群服务中心社会工作服务（福田甲）", PAYERS["p08"], 460, "2019-03-01", "quarters", fund="purchase_list"),
    Line("c09", "街道党群服务中心社会工作服务（南山甲）", PAYERS["p09"], 430, "2018-05-01", "quarters", fund="purchase_list"),
    Line("c10", "大鹏新区社区社会工作服务", PAYERS["p10"], 280, "2019-07-01", "thirds", "village_room"),
    Line("c11", "老年人与残疾人关爱项目", PAYERS["p11"], 260, "2018-11-01", "advance", "city_project", "welfare_lottery"),
    Line("c12", "学校社会工作服务", PAYERS["p12"], 210, "2018-09-01", "four", "other"),
    Line("c13", "医务社会工作服务", PAYERS["p13"], 190, "2019-01-01", "quarters", "other"),
    Line("c14", "禁毒与社区矫正社会工作服务", PAYERS["p01"], 240, "2018-06-01", "advance"),
)

LINES_2022 = LINES_2020 + (
    Line("c15", "街道社工站服务（龙岗乙新增片区）", PAYERS["p03"], 440, "2021-02-01", "quarters", fund="purchase_list"),
    Line("c16", "宝安区社区党群服务中心扩点服务", PAYERS["p04"], 560, "2021-06-01", "quarters", "village_room"),
    Line("c17", "街道未成年人保护工作站服务（龙华）", PAYERS["p07"], 330, "2021-03-01", "four", fund="purchase_list"),
)

PAYER_CLASSES = (
    # level, fund source, milestones seen in the book, speed in percent of the policy's prior
    ("district", "department_budget", 42, 98),
    ("township", "purchase_list", 65, 101),
    ("township", "department_budget", 18, 99),
    ("city", "welfare_lottery", 14, 92),
    ("public_institution", "department_budget", 25, 97),
)


def slip_zhicheng(due_on):
    """Days from due to acceptance: staff were seconded to the epidemic in 2020, and again in spring 2022."""
    if day("2020-01-20") <= due_on <= day("2020-12-31"):
        return 25, 50
    if day("2022-02-15") <= due_on <= day("2022-05-31"):
        return 10, 35
    return 5, 18


def zhicheng_organisation(**detail):
    organisation = {
        "uscc": invent_uscc("52", "440307", 1), "name": REPORTED["name"], "kind": "social_service_institution",
        "registered_on": f"{REPORTED['founded']}-11-30", "region": "440307", "registration_status": "active",
        "grade": {"level": "4A", "granted_on": "2018-12-20"}, "lists": [],
    }
    return organisation | detail


def excellent_in(years):
    return evaluations(**{f"y{year}": "excellent" for year in years})


def line_contracts(history, lines, total_wan, price_fall_percent, locked_since=lambda line: None):
    values = draw_values(history.luck, lines, total_wan)
    return [contract for line in lines
            for contract in make_line_contracts(history, line, values[line.id], price_fall_percent, locked_since(line))]


def zhicheng_2020(seed):
    """First loan of October 2020. Reported: annual projects above 54 million yuan, over 600 staff, 5 million lent."""
    luck, as_of = Luck("zhicheng-2020-10", seed), day("2020-10-19")
    contracts = line_contracts(History(luck, as_of, slip_zhicheng), LINES_2020, 5_468, (0, 2))
    organisation = zhicheng_organisation(
        annual_inspections=inspections(2017, 2019),
        service_evaluations=excellent_in(year for year in REPORTED["excellent_years"] if year < as_of.year),
        staff=[staff("2019-09-30", 583, 192, 84, 1), staff("2020-03-31", 604, 205, 92, 1),
               staff("2020-09-30", 612, 214, 96, 1)],
        stations=24, payroll_month_fen=luck.between(375, 385, "payroll") * WAN, payroll_day=10, thirteenth_month=True,
        other_costs_month_fen=luck.between(29, 32, "other costs") * WAN,
        cash_fen=cash_fen(contracts, as_of, 1_400, 150, 260),
        restricted_cash_fen=luck.between(15, 30, "restricted") * WAN,
        wages_payable_fen=0,
        statements=[statement(2017, 3_910, 3_640, 3_880, 380, 30, 690, 760),
                    statement(2018, 4_480, 4_190, 4_425, 430, 35, 820, 850),
                    statement(2019, 5_060, 4_760, 4_995, 495, 40, 960, 980)],
    )
    provenance = PROVENANCE_ZHICHENG.format(
        seed=seed, facts_zh="2020年年度项目金额超过5400万元、员工600多人、当年10月获500万元首笔信用贷款",
        facts_en="annual projects above 54 million yuan, over 600 staff and a first credit loan of 5 million yuan in "
                 "October 2020")
    return assemble(as_of, provenance, organisation, PAYERS.values(), experience(luck, PAYER_CLASSES), contracts,
                    make_application("first_loan", REPORTED["lent_fen"], 12, as_of),
                    resources=resources("2020-06-30", 1200, 24))


def interest_instalments(opened_on, matures_on, as_of, principal_fen, rate_bp):
    """Interest on the 21st of each month, actual days over 360; paid on the day so far. Principal with the last."""
    rows, since, date = [], opened_on, opened_on.replace(day=21)
    while since < matures_on:
        year, month = date.year + date.month // 12, date.month % 12 + 1
        date = min(date.replace(year=year, month=month), matures_on)
        interest_fen = principal_fen * rate_bp * (date - since).days // (10_000 * 360)
        due_principal_fen = principal_fen if date == matures_on else 0
        row = {"due_on": str(date), "principal_fen": due_principal_fen, "interest_fen": interest_fen}
        if date <= as_of:
            row["payments"] = [{"paid_on": str(date), "amount_fen": interest_fen}]
        rows.append(row)
        since = date
    return rows


def zhicheng_facility(opened_on, matures_on, as_of):
    return {
        "id": "f1", "lender": REPORTED["lender"], "product": "zhengcaidai", "limit_fen": REPORTED["lent_fen"],
        "outstanding_fen": REPORTED["lent_fen"], "opened_on": str(opened_on), "matures_on": str(matures_on),
        "classification": "normal", "pledged_contracts": [],
        "instalments": interest_instalments(opened_on, matures_on, as_of, REPORTED["lent_fen"], 385), "deferrals": [],
    }


def zhicheng_2022(seed):
    """Renewal of June 2022. Reported: annual income of 80 million yuan, over 800 staff, 5 million nearing maturity."""
    luck, as_of = Luck("zhicheng-2022-06", seed), day("2022-06-20")
    opened_on, matures_on = day("2020-10-23"), day("2022-10-22")
    history = History(luck, as_of, slip_zhicheng, lambda date: 100 if date < day("2021-01-01") else 75)
    contracts = line_contracts(history, LINES_2022, 8_480, (2, 6),
                               lambda line: opened_on if line.payer.level in ("district", "township") else None)
    organisation = zhicheng_organisation(
        annual_inspections=inspections(2019, 2021), service_evaluations=excellent_in(REPORTED["excellent_years"]),
        staff=[staff("2020-09-30", 612, 214, 96, 1), staff("2021-06-30", 734, 262, 118, 2),
               staff("2022-05-31", 823, 297, 134, 3)],
        stations=31, payroll_month_fen=luck.between(546, 558, "payroll") * WAN, payroll_day=10, thirteenth_month=True,
        other_costs_month_fen=luck.between(40, 46, "other costs") * WAN,
        cash_fen=cash_fen(contracts, as_of, 1_800, 330, 620),
        restricted_cash_fen=luck.between(25, 45, "restricted") * WAN,
        wages_payable_fen=0,
        statements=[statement(2019, 5_060, 4_760, 4_995, 495, 40, 960, 980),
                    statement(2020, 5_620, 5_310, 5_560, 550, 45, 1_560, 1_490),
                    statement(2021, 8_000, 7_610, 7_810, 735, 50, 1_720, 1_490)],
    )
    provenance = PROVENANCE_ZHICHENG.format(
        seed=seed, facts_zh="2020年10月获500万元信用贷款、2022年员工800多人、年营业收入8000万元、贷款临近到期并续贷",
        facts_en="a loan of 5 million yuan in October 2020, over 800 staff and an annual income of 80 million yuan in "
                 "2022, the loan near maturity and renewed")
    return assemble(as_of, provenance, organisation, PAYERS.values(), experience(luck, PAYER_CLASSES), contracts,
                    make_application("renewal", REPORTED["lent_fen"], 12, as_of, "f1"),
                    [zhicheng_facility(opened_on, matures_on, as_of)], resources("2022-05-31", 1900, 31))


def zhicheng_2022_deferral(seed):
    """The same body on the same day, asking for six months' deferral of its loan. That it asked is fiction: reported is only that
    there was a green channel for deferrals."""
    dossier = zhicheng_2022(seed)
    dossier["application"] = make_application("deferral", REPORTED["lent_fen"], 6, day("2022-06-20"), "f1")
    dossier["provenance"] = ("延期申请为虚构：报道只提到为延期还本付息开设绿色通道。The request for deferral is fiction: reported is "
                             "only a green channel for deferrals. ") + dossier["provenance"]
    return dossier


# -------------------------------------------------------------------------------- four fictional bodies

def fictional_organisation(letter, number, registered_on, **detail):
    organisation = {
        "uscc": invent_uscc("52", "340104", number), "name": f"示例社会工作服务中心{letter}（虚构）",
        "kind": "social_service_institution", "registered_on": registered_on, "region": "340104",
        "registration_status": "active", "lists": [],
    }
    return organisation | detail


def ordinary_slip(due_on):
    return 3, 15


def donations_only(seed):
    """Lives on gifts; no public body pays it anything."""
    luck, as_of = Luck("donations-only", seed), day("2021-05-18")
    donors = (Payer("p1", "53", "donor", "340100", "示例慈善基金会（虚构）", 12),
              Payer("p2", "91", "enterprise", "340104", "示例企业（虚构）", 20),
              Payer("p3", "53", "donor", "340000", "示例公益基金会（虚构）", 15))
    lines = (Line("d1", "困境儿童陪伴项目", donors[0], 110, "2019-01-01", "advance", "village_room", "charity"),
             Line("d2", "企业志愿服务支持", donors[1], 60, "2020-01-01", "quarters", "other", "charity"),
             Line("d3", "独居老人关怀公益创投", donors[2], 80, "2020-07-01", "thirds", "village_room", "venture_philanthropy"))
    organisation = fictional_organisation(
        "甲", 11, "2016-04-12", annual_inspections=inspections(2018, 2020),
        service_evaluations=evaluations(y2019="good", y2020="good"),
        staff=[staff("2020-04-30", 17, 5, 2, 0), staff("2021-04-30", 18, 6, 2, 0)],
        stations=0, payroll_month_fen=12 * WAN, payroll_day=15, thirteenth_month=False, other_costs_month_fen=4 * WAN,
        cash_fen=luck.between(55, 80, "cash") * WAN, restricted_cash_fen=luck.between(35, 50, "restricted") * WAN,
        wages_payable_fen=0,
        statements=[statement(2019, 196, 0, 190, 22, 48, 18, 12), statement(2020, 231, 0, 224, 26, 52, 22, 14)],
    )
    rows = experience(luck, (("donor", "charity", 12, 110), ("enterprise", "charity", 6, 95)))
    contracts = line_contracts(History(luck, as_of, ordinary_slip), lines, 250, (0, 5))
    return assemble(as_of, PROVENANCE_FICTION.format(seed=seed), organisation, donors, rows, contracts,
                    make_application("first_loan", 50 * WAN, 12, as_of))


def city_payers(stopped_on="9999-01-01"):
    """The first two draw on the finance of one district, which may have stopped paying."""
    return (Payer("p1", "11", "district", "340104", "示例区民政部门（虚构）", 35, stopped_on),
            Payer("p2", "11", "township", "340104", "示例街道办事处一（虚构）", 40, stopped_on),
            Payer("p3", "11", "township", "340103", "示例街道办事处二（虚构）", 30),
            Payer("p4", "11", "city", "340100", "示例市级主管部门（虚构）", 45))


def city_lines(payers):
    return (Line("c1", "区社会工作服务指导中心运营", payers[0], 220, "2018-01-01", "quarters", "county_centre"),
            Line("c2", "街道社工站服务（一）", payers[1], 180, "2018-07-01", "advance", fund="purchase_list"),
            Line("c3", "街道社工站服务（二）", payers[2], 150, "2019-01-01", "advance", fund="purchase_list"),
            Line("c4", "社区养老与助残项目", payers[3], 90, "2019-07-01", "four", "city_project", "welfare_lottery"))


CITY_CLASSES = (("district", "department_budget", 30, 95), ("township", "purchase_list", 40, 92),
                ("city", "welfare_lottery", 12, 85))


def serious_violation(seed):
    """Sound in every other respect, but on the list of serious violations since half a year."""
    luck, as_of = Luck("serious-violation-list", seed), day("2021-09-15")
    payers = city_payers()
    entered_on = day("2021-03-08") + DAY * luck.between(0, 60, "entered")
    organisation = fictional_organisation(
        "乙", 12, "2014-06-20", lists=[{"list": "serious_violation", "entered_on": str(entered_on)}],
        annual_inspections=inspections(2018, 2020), grade={"level": "3A", "granted_on": "2019-12-02"},
        service_evaluations=evaluations(y2018="good", y2019="excellent", y2020="good"),
        staff=[staff("2020-08-31", 66, 24, 9, 0), staff("2021-08-31", 68, 26, 10, 0)],
        stations=6, payroll_month_fen=44 * WAN, payroll_day=10, thirteenth_month=True, other_costs_month_fen=3 * WAN,
        cash_fen=luck.between(90, 120, "cash") * WAN, restricted_cash_fen=5 * WAN, wages_payable_fen=0,
        statements=[statement(2019, 560, 530, 552, 88, 6, 110, 70), statement(2020, 612, 585, 603, 97, 6, 128, 75)],
    )
    contracts = line_contracts(History(luck, as_of, ordinary_slip), city_lines(payers), 640, (0, 4))
    return assemble(as_of, PROVENANCE_FICTION.format(seed=seed), organisation, payers, experience(luck, CITY_CLASSES),
                    contracts, make_application("first_loan", 100 * WAN, 12, as_of))


def contract_ending(seed):
    """One contract, renewed twice, ending next month; three million asked against what is left of it."""
    luck, as_of = Luck("contract-ending-next-month", seed), day("2021-10-20")
    payer = Payer("p1", "11", "district", "340104", "示例区民政部门（虚构）", luck.between(40, 55, "payer"))
    line = Line("c1", "区社会工作服务指导中心运营", payer, 480, "2018-12-01", "late", "county_centre")
    value_fen = luck.between(440, 520, "value") * WAN
    contracts = make_line_contracts(History(luck, as_of, ordinary_slip), line, value_fen, (0, 4))
    organisation = fictional_organisation(
        "丙", 13, "2016-03-08", annual_inspections=inspections(2018, 2020),
        grade={"level": "3A", "granted_on": "2019-12-10"},
        service_evaluations=evaluations(y2018="good", y2019="good", y2020="good"),
        staff=[staff("2020-09-30", 47, 16, 6, 0), staff("2021-09-30", 48, 18, 7, 0)],
        stations=5, payroll_month_fen=34 * WAN, payroll_day=10, thirteenth_month=False, other_costs_month_fen=3 * WAN,
        cash_fen=luck.between(55, 80, "cash") * WAN, restricted_cash_fen=0, wages_payable_fen=0,
        statements=[statement(2019, 448, 440, 439, 58, 0, 105, 60), statement(2020, 462, 455, 454, 66, 0, 118, 66)],
    )
    return assemble(as_of, PROVENANCE_FICTION.format(seed=seed), organisation, [payer],
                    experience(luck, CITY_CLASSES[:1]), contracts,
                    make_application("first_loan", 300 * WAN, 12, as_of))


def payers_late(seed):
    """Good work, accepted and invoiced, but one district has paid nothing for nine months."""
    luck, as_of = Luck("payers-90-days-late", seed), day("2021-06-30")
    payers = city_payers(stopped_on="2020-10-01")
    organisation = fictional_organisation(
        "丁", 14, "2015-10-15", annual_inspections=inspections(2018, 2020),
        grade={"level": "3A", "granted_on": "2018-11-19"},
        service_evaluations=evaluations(y2018="good", y2019="good", y2020="excellent"),
        staff=[staff("2020-05-31", 70, 25, 9, 0), staff("2021-05-31", 67, 26, 10, 0)],
        stations=6, payroll_month_fen=44 * WAN, payroll_day=10, thirteenth_month=True, other_costs_month_fen=3 * WAN,
        cash_fen=luck.between(15, 28, "cash") * WAN, restricted_cash_fen=2 * WAN,
        wages_payable_fen=luck.between(20, 40, "wages owed") * WAN,
        statements=[statement(2019, 575, 545, 566, 92, 6, 190, 130), statement(2020, 618, 590, 611, 99, 6, 310, 240)],
    )
    contracts = line_contracts(History(luck, as_of, ordinary_slip), city_lines(payers), 640, (0, 4))
    return assemble(as_of, PROVENANCE_FICTION.format(seed=seed), organisation, payers, experience(luck, CITY_CLASSES),
                    contracts, make_application("first_loan", 150 * WAN, 12, as_of))


CASES = {
    "zhicheng-2020-10": zhicheng_2020,
    "zhicheng-2022-06": zhicheng_2022,
    "zhicheng-2022-06-deferral": zhicheng_2022_deferral,
    "donations-only": donations_only,
    "serious-violation-list": serious_violation,
    "contract-ending-next-month": contract_ending,
    "payers-90-days-late": payers_late,
}


# -------------------------------------------------------------------------------- self-check

def require(condition, message):
    if not condition:
        raise SystemExit(f"reconstruct.py: {message}")


def check_code(code):
    require(len(code) == 18 and code[16] == organisation_check(code[8:16]), f"organisation code in {code}")
    require(code[17] == uscc_check(code[:17]), f"check character of {code}")


def check_milestone(contract, milestone, as_of):
    where = f"{contract['id']} {milestone['id']}"
    for field in ("accepted_on", "invoiced_on"):
        require(milestone.get(field, "") <= as_of, f"{where}: {field} is after as_of")
    for payment in milestone.get("payments", ()):
        require(contract["awarded_on"] <= payment["paid_on"] <= as_of, f"{where}: payment before award or after as_of")
    require(outstanding_fen(milestone) >= 0, f"{where}: paid more than its amount")


def check_contract(contract, as_of):
    scheduled_fen = sum(milestone["amount_fen"] for milestone in contract["milestones"])
    papers = [contract["awarded_on"], contract["signed_on"], contract["published_on"], as_of]
    require(contract["value_fen"] == scheduled_fen, f"{contract['id']}: milestones do not add up")
    require(papers == sorted(papers), f"{contract['id']}: award, signature, publication and as_of are not in order")
    for milestone in contract["milestones"]:
        check_milestone(contract, milestone, as_of)


def year_to(dossier, as_of):
    """Value of service in the 365 days up to as_of, a day's share for each day."""
    total = 0
    for contract in dossier["contracts"]:
        first, last = day(contract["starts_on"]), day(contract["ends_on"])
        days = (min(last, as_of) - max(first, as_of - 364 * DAY)).days + 1
        total += contract["value_fen"] * max(days, 0) // ((last - first).days + 1)
    return total


def performing_fen(dossier):
    return sum(c["value_fen"] for c in dossier["contracts"] if c["stage"] == "performing")


def check_reported(case, dossier, as_of):
    """What was reported holds for every seed."""
    organisation, application = dossier["organisation"], dossier["application"]
    total, asked = organisation["staff"][-1]["total"], (application["kind"], application["amount_fen"])
    if case == "zhicheng-2020-10":
        require(performing_fen(dossier) == 5_468 * WAN, "the performing contracts are not 54.68 million a year")
        require(year_to(dossier, as_of) > 5_400 * WAN, "the past year's projects are not above 54 million")
        require((total, *asked) == (612, "first_loan", 500 * WAN), "over 600 staff, a first loan of 5 million")
    if case == "zhicheng-2022-06":
        require(organisation["statements"][-1]["income_fen"] == 8_000 * WAN, "annual income is not 80 million")
        require((total, *asked) == (823, "renewal", 500 * WAN), "over 800 staff, a renewal of 5 million")


def check(case, dossier):
    as_of = dossier["as_of"]
    for code in [dossier["organisation"]["uscc"], *(payer["uscc"] for payer in dossier["payers"])]:
        check_code(code)
    for contract in dossier["contracts"]:
        check_contract(contract, as_of)
    check_reported(case, dossier, day(as_of))


def reconstruct(case, seed):
    dossier = CASES[case](seed)
    check(case, dossier)
    return dossier


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", required=True, choices=CASES)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    json.dump(reconstruct(arguments.case, arguments.seed), sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
