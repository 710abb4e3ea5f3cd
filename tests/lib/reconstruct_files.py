#!/usr/bin/env python3
"""Write the files that an officer would have had of the example organisation, instead of its dossier.

    python3 tests/lib/reconstruct_files.py FOLDER

From data/examples/zhicheng-2020-10.json, which is itself reconstructed (see reconstruct.py): procurement data in OCDS with our extension, a
bank statement, and notices. No publisher, bank or authority made them; amounts, days and names are those of the dossier. What no such
file holds (the organisation's registration, staff and accounts) is left as a dossier without contracts.
"""
import argparse
import json
import pathlib

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data/examples/zhicheng-2020-10.json"
PUBLISHER = "zhengcaidai: reconstructed for tests, no publisher's data 重构数据，非官方发布"
ON = "2020-10-19T00:00:00+08:00"
HEADING = "账号,交易时间,借方发生额,贷方发生额,余额,币种,对方户名,对方账号,摘要,备注,账户明细编号-交易流水号"

TREASURY = "深圳市龙岗区财政国库支付中心（重构）"
PAID_BY_TREASURY = {"c12-2019", "c12-2020"}  # in the place of the school, without naming the contract
SHOWN_BY_PUBLISHER = {"c11-2018"}            # payments that procurement data tell too
LOCKED = "c04-2020"


def number_of(contract):
    """As printed on the contract."""
    return f"深社购〔{contract['id'][-4:]}〕{contract['id'][1:3]}号"


def is_evaluated(contract):
    """Its last acceptance is told by a notice."""
    return contract["stage"] == "evaluating"


def at(day):
    return f"{day}T00:00:00+08:00"


def money(fen):
    return {"amount": fen // 100 if fen % 100 == 0 else fen / 100, "currency": "CNY"}


# ------------------------------------------------------------------------------------ OCDS

def milestone_of(contract, milestone):
    accepted = milestone.get("accepted_on")
    own = {"amount": money(milestone["amount_fen"])}
    if milestone.get("deducted_fen"):
        own["deducted"] = money(milestone["deducted_fen"])
    if accepted and not (is_evaluated(contract) and milestone is contract["milestones"][-1]):
        own["acceptedDate"] = at(accepted)
    if milestone.get("invoiced_on"):
        own["invoicedDate"] = at(milestone["invoiced_on"])
    return {"id": milestone["id"], "title": milestone["title"], "type": "delivery", "dueDate": at(milestone["due_on"]), "x_zcd": own}


def transactions_of(contract):
    if contract["id"] not in SHOWN_BY_PUBLISHER:
        return []
    return [{"id": f"{milestone['id']}-{payment['id']}", "date": at(payment["paid_on"]), "value": money(payment["amount_fen"]),
             "relatedImplementationMilestone": {"id": milestone["id"]}}
            for milestone in contract["milestones"] for payment in milestone.get("payments", [])]


def release_of(dossier, contract):
    supplier, payer = dossier["organisation"], next(one for one in dossier["payers"] if one["id"] == contract["payer"])
    implementation = {"transactions": transactions_of(contract)}
    return {
        "ocid": f"ocds-zcdrec-{contract['id']}", "id": f"{contract['id']}-compiled", "date": ON, "tag": ["compiled"], "initiationType": "tender",
        "language": "zh",
        "parties": [
            {"id": f"CN-USCI-{supplier['uscc']}", "name": supplier["name"], "identifier": {"scheme": "CN-USCI", "id": supplier["uscc"]},
             "roles": ["supplier"], "x_zcd": {"region": supplier["region"]}},
            {"id": f"CN-USCI-{payer['uscc']}", "name": payer["name"], "identifier": {"scheme": "CN-USCI", "id": payer["uscc"]},
             "roles": ["buyer"], "x_zcd": {"payerLevel": payer["level"], "region": payer["region"]}},
        ],
        "buyer": {"id": f"CN-USCI-{payer['uscc']}", "name": payer["name"]},
        "awards": [{"id": "a1", "title": contract["title"], "status": "active", "date": at(contract["awarded_on"]),
                    "suppliers": [{"id": f"CN-USCI-{supplier['uscc']}", "name": supplier["name"]}]}],
        "contracts": [{
            "id": contract["id"], "awardID": "a1", "title": contract["title"],
            "status": "terminated" if contract["stage"] == "closed" else "active",
            "value": money(contract["value_fen"]), "dateSigned": at(contract["signed_on"]),
            "period": {"startDate": at(contract["starts_on"]), "endDate": at(contract["ends_on"])},
            "milestones": [milestone_of(contract, one) for one in contract["milestones"]],
            "implementation": implementation,
            "x_zcd": {"number": number_of(contract), "publishedDate": at(contract["published_on"]), "tier": contract["tier"],
                      "fundSource": contract["fund_source"], "paymentTermDays": contract["payment_term_days"],
                      "paymentTrigger": contract["trigger"], "renewals": contract["renewals"]},
        }],
    }


def make_ocds(dossier):
    package = {"uri": "https://zhengcaidai.example/reconstructed", "version": "1.1", "publishedDate": ON, "publisher": {"name": PUBLISHER},
               "extensions": ["https://zhengcaidai.example/ocds-extension.schema.json"],
               "releases": [release_of(dossier, contract) for contract in dossier["contracts"]]}
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


# --------------------------------------------------------------------------- bank statement

def receipts(dossier):
    """(day, fen, payer, note) of every payment, and what else comes in."""
    names = {payer["id"]: payer["name"] for payer in dossier["payers"]}
    for contract in dossier["contracts"]:
        by_treasury = contract["id"] in PAID_BY_TREASURY
        for milestone in contract["milestones"]:
            for payment in milestone.get("payments", []):
                yield (payment["paid_on"], payment["amount_fen"], TREASURY if by_treasury else names[contract["payer"]],
                       "直接支付" if by_treasury else f"服务费 {number_of(contract)}")
    yield "2019-09-05", 50_000, "某爱心企业（重构）", "捐赠"
    yield "2020-03-21", 123_456, "", "结息"


def make_statement(dossier):
    """In GB18030, as a bank's export; wages go out, the balance is not reconstructed."""
    lines = [(day, 0, fen, payer, note) for day, fen, payer, note in receipts(dossier)]
    lines += [(f"{year}-{month:02}-10", dossier["organisation"]["payroll_month_fen"], 0, "代发工资户", "工资")
              for year in (2019, 2020) for month in range(1, 13 if year == 2019 else 11)]
    rows = [HEADING]
    for index, (day, out, into, payer, note) in enumerate(sorted(lines)):
        paid = [f"{fen // 100}.{fen % 100:02}" for fen in (out, into)]
        rows.append(f"44250100,{day.replace('-', '')} 10:00:00,{paid[0]},{paid[1]},,人民币,{payer},,{note},,{day.replace('-', '')}-{index + 1}")
    return ("\r\n".join(rows) + "\r\n").encode("gb18030")


# ---------------------------------------------------------------------------------- notices

def acceptance_of(dossier, contract):
    payer = next(one for one in dossier["payers"] if one["id"] == contract["payer"])
    return {"公告类型": "验收结果公告", "合同编号": number_of(contract), "合同名称": contract["title"],
            "合同主体": {"采购人（甲方）": payer["name"], "供应商（乙方）": dossier["organisation"]["name"]},
            "服务期限": f"{contract['starts_on']}至{contract['ends_on']}", "验收日期": contract["milestones"][-1]["accepted_on"],
            "验收意见": "经验收组评议，合格，同意通过验收。"}


def supplement_of(dossier, contract):
    payer = next(one for one in dossier["payers"] if one["id"] == contract["payer"])
    return {"公告类型": "合同账户变更补充协议", "合同编号": number_of(contract), "甲方": payer["name"], "乙方": dossier["organisation"]["name"],
            "变更后账号": "4430 0100 9988", "特别约定": "未经融资银行书面同意，上述收款账户不得变更。", "签订日期": "2020-10-16"}


def make_notices(dossier):
    notices = [acceptance_of(dossier, contract) for contract in dossier["contracts"] if is_evaluated(contract)]
    notices += [supplement_of(dossier, contract) for contract in dossier["contracts"] if contract["id"] == LOCKED]
    return (json.dumps(notices, ensure_ascii=False, indent=1) + "\n").encode()


# ------------------------------------------------------------------------------------ whole

def make_organisation(dossier):
    own = {name: value for name, value in dossier.items() if name not in ("contracts", "payers", "payer_experience")}
    return (json.dumps({**own, "payers": [], "contracts": []}, ensure_ascii=False, indent=1) + "\n").encode()


FILES = {"zhicheng-2020-10.ocds.json": make_ocds, "zhicheng-2020-10.statement.csv": make_statement,
         "zhicheng-2020-10.notices.json": make_notices, "zhicheng-2020-10.organisation.json": make_organisation}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    dossier = json.loads(EXAMPLE.read_bytes())
    for name, make in FILES.items():
        (folder / name).write_bytes(make(dossier))


if __name__ == "__main__":
    main()
