"""One release of OCDS for tests to change."""

USCC = "91350100M000100Y43"  # GB 32100-2015, annex: the example


def release(**members):
    """A compiled release of one contract in yuan, which the members change."""
    contract = {"id": "c1", "awardID": "a1", "status": "active", "title": "社工站服务",
                "value": {"amount": 100, "currency": "CNY"}, "dateSigned": "2024-01-05T00:00:00+08:00",
                "period": {"startDate": "2024-01-10T00:00:00+08:00", "endDate": "2024-12-31T00:00:00+08:00"}}
    contract.update(members.pop("contract", {}))
    made = {"ocid": "ocds-test-1", "id": "1", "date": "2024-06-30T00:00:00+08:00", "tag": ["compiled"],
            "buyer": {"id": "b", "name": "民政局"},
            "parties": [{"id": "b", "name": "民政局", "identifier": {"scheme": "XX-TEST", "id": "b"}},
                        {"id": "s", "name": "社工服务中心", "identifier": {"scheme": "CN-USCI", "id": USCC}}],
            "awards": [{"id": "a1", "date": "2024-01-01T00:00:00+08:00", "suppliers": [{"id": "s"}]}],
            "contracts": [contract]}
    made.update(members)
    return made
