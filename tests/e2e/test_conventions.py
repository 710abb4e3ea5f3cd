"""What every route does alike: types of answers, quotas, traces, cursors."""
import http.client
import json
import re
import subprocess
import time

import conformity
import service
import test_walk

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def path_of(pattern):
    return re.sub(r"{\w+(\.\.\.)?}", "0", pattern)


class ConventionsTest(service.ServiceTest):
    def admin(self):
        token = "e2e-admin-of-conventions".ljust(40, "0")
        self.service.add_user("admin-9", ",".join(test_walk.LENDERS_ROLES), "--lender", service.LENDER, token=token)
        while self.service.request("GET", "/v1/users", token=token)[0] == 401:
            time.sleep(0.05)
        return token

    def test_no_route_answers_with_a_type_that_the_client_does_not_take(self):
        staff = self.admin()
        self.service.add_user("director-9", "director", "--organisation", test_walk.ORGANISATION, token="d" * 40)
        while self.service.request("GET", "/v1/jobs", token="d" * 40)[0] == 401:
            time.sleep(0.05)
        for method, pattern, roles, _, body_size in test_walk.routes():
            token = next((token for role, token in (("officer", staff), ("admin", staff), ("director", "d" * 40), ("regulator", service.REGULATOR_TOKEN))
                          if role in roles), None)
            fields = {"Accept": "image/x-nothing;q=1, text/html;q=0, application/*;q=0"}
            body = None
            if body_size > 0:
                body, fields["Content_Type"] = "[]", "application/json"
            status, got, answer = self.service.request(method, path_of(pattern), body, token=token, **fields)
            if status == 415:  # it takes another type than JSON
                continue
            self.assertEqual((status, got["content-type"]), (406, "application/problem+json"), (method, pattern, answer))
        for taken in ("application/json", "application/*;q=0.1", "text/html, */*;q=0.1"):
            self.assertEqual(self.service.request("GET", "/v1/jobs", Accept=taken)[0], 200)
        self.assertEqual(self.service.request("GET", "/log/checkpoint", Accept="text/plain")[0], 200)
        self.assertEqual(self.service.request("GET", "/docs", Accept="text/html")[0], 200)

    def test_what_was_refused_for_its_type_has_changed_nothing(self):
        status, _, _ = self.service.assess(service.EXAMPLE.read_bytes(), Accept="text/html")
        self.assertEqual((status, self.database.log_size()), (406, 0))

    def test_a_trace_is_kept_and_named_in_problems_and_logs(self):
        _, fields, body = self.service.request("GET", "/v1/assessments/none", traceparent=PARENT)
        self.assertEqual(json.loads(body)["trace_id"], TRACE)
        self.assertNotEqual(fields["request-id"], TRACE)
        lines = [line for line in self.service.notices() if line["event"] == "request" and line["request_id"] == fields["request-id"]]
        self.assertEqual([line["trace_id"] for line in lines], [TRACE])
        for wrong in ("", "00", PARENT.upper(), PARENT + "-more", PARENT.replace(TRACE, "0" * 32), "\u00e9"):
            _, fields, body = self.service.request("GET", "/v1/assessments/none", traceparent=wrong.encode("latin-1"))
            self.assertEqual(json.loads(body)["trace_id"], fields["request-id"], wrong)

    def answered(self, text, timeout_s=60):
        """What comes back for a POST that no client would send, held against the API's document."""
        with self.service.raw(timeout_s) as raw:
            raw.sendall(text.encode())
            response = http.client.HTTPResponse(raw)
            response.begin()
            fields = {name.lower(): value for name, value in response.getheaders()}
            conformity.check("POST", "/v1/assessments", {}, None, response.status, fields, response.read())
            return response.status

    def test_bodies_that_do_not_come_as_they_must_are_problems_too(self):
        head = f"POST /v1/assessments HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {service.TOKEN}\r\nContent-Type: application/json\r\n"
        self.assertEqual(self.answered(head + "\r\n"), 411)
        self.assertEqual(self.answered(head + "Content-Length: 2\r\nExpect: 200-ok\r\n\r\n{}"), 417)
        self.assertEqual(self.answered(head + "Content-Length: 2\r\n\r\n{"), 408)

    def test_a_key_of_another_request_makes_no_secret(self):
        admin = self.admin()
        made = json.dumps({"types": ["assessment.recorded"], "url": "https://hooks.example/in"})
        status, _, body = self.service.request("POST", "/v1/webhooks", made, token=admin, Content_Type="application/json", Idempotency_Key="k1")
        self.assertEqual(status, 201, body)
        self.assertEqual(self.service.request("POST", f"/v1/webhooks/{json.loads(body)['id']}/secrets", token=admin, Idempotency_Key="k1")[0], 422)

    def test_cursors_that_no_page_gave_are_refused(self):
        admin = self.admin()
        for path, token in (("/v1/users", admin), ("/v1/role-changes", admin), ("/v1/tokens", admin), ("/v1/jobs", admin),
                            ("/v1/authorisations", service.TOKEN), ("/v1/audit/records", service.REGULATOR_TOKEN)):
            for cursor in ("", "1", "officer-1", "0" * 18, "0" * 600, "%27"):
                status, _, body = self.service.request("GET", f"{path}?cursor={cursor}", token=token)
                self.assertEqual((status, [one["pointer"] for one in json.loads(body)["errors"]]), (400, ["/cursor"]), (path, cursor))
        first = json.loads(self.service.request("GET", "/v1/users?limit=1", token=admin)[2])
        second = json.loads(self.service.request("GET", f"/v1/users?limit=1&cursor={first['next']}", token=admin)[2])
        self.assertEqual([page["users"][0]["id"] for page in (first, second)], ["admin-9", "officer-1"])
        worn = first["next"][:-1] + ("0" if first["next"][-1] != "0" else "1")
        self.assertEqual(self.service.request("GET", f"/v1/users?cursor={worn}", token=admin)[0], 400)


class WithoutDatabaseTest(service.ServiceTest):
    def test_a_client_is_not_told_where_the_database_is(self):
        self.database.drop()
        for language, words in (("en", "the database does not answer as it should"), ("zh", "数据库未正常应答")):
            status, _, body = self.service.request("GET", "/v1/jobs", Accept_Language=language)
            self.assertEqual((status, json.loads(body)["detail"]), (503, words))
        self.assertIn(self.database.name, "".join(line.get("detail", "") for line in self.service.notices()))


class QuotaTest(service.ServiceTest):
    starts_service = False

    def setUp(self):
        super().setUp()
        self.service.settings = {"ZCD_RATE_READ": "6", "ZCD_RATE_DECIDE": "2", "ZCD_RATE_BATCH": "1"}
        self.assertIsNone(self.service.start(), self.service.said())

    def left(self, fields):
        return tuple(int(number) for number in re.fullmatch(r'"\w+";r=(\d+);t=(\d+)', fields["ratelimit"]).groups())

    def test_a_caller_has_a_quota_of_each_class_and_is_told_what_is_left(self):
        for remaining in range(5, -1, -1):
            status, fields, _ = self.service.request("GET", "/v1/jobs")
            self.assertEqual((status, self.left(fields)[0], fields["ratelimit-policy"]), (200, remaining, '"read";q=6;w=60'))
        status, fields, body = self.service.request("GET", "/v1/jobs")
        self.assertEqual((status, json.loads(body)["code"], self.left(fields)[0]), (429, "too_many_requests", 0))
        wait_s = int(fields["retry-after"])
        self.assertTrue(1 <= wait_s <= 10, wait_s)
        # Another class, another caller, and what nobody has to say who he is for, go on.
        self.assertEqual(self.service.assess(service.EXAMPLE.read_bytes())[0], 201)
        self.assertEqual(self.service.request("GET", "/v1/jobs", token=service.REGULATOR_TOKEN)[0], 200)
        for _ in range(10):
            self.assertEqual(self.service.request("GET", "/livez", token=None)[0], 200)
        time.sleep(wait_s)
        self.assertEqual(self.service.request("GET", "/v1/jobs")[0], 200)

    def test_a_refused_decision_is_not_recorded(self):
        dossiers = service.distinct_dossiers()
        self.assertEqual([self.service.assess(next(dossiers))[0] for _ in range(4)], [201, 201, 429, 429])
        self.assertEqual(self.database.log_size(), 2)

    def test_asking_for_what_a_role_may_not_have_counts_as_well(self):
        answers = [self.service.request("GET", "/v1/users")[0] for _ in range(8)]
        self.assertEqual(answers, [404] * 6 + [429] * 2)

    def test_a_body_is_not_waited_for_where_nothing_is_left(self):
        dossiers = service.distinct_dossiers()
        for _ in range(2):
            self.service.assess(next(dossiers))
        with self.service.raw(20) as raw:
            raw.sendall(f"POST /v1/assessments HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {service.TOKEN}\r\nContent-Type: application/json\r\n"
                        "Content-Length: 1000\r\n\r\n".encode())
            response = http.client.HTTPResponse(raw)
            response.begin()
            self.assertEqual(response.status, 429)

    def test_a_setting_that_is_no_quota_is_refused(self):
        for value in ("0", "60000001", "many", "-1"):
            run = subprocess.run([service.bin_dir() / "zcd", "config"], capture_output=True, text=True, check=False,
                                 env=service.clean_environment(**{**self.service.environment(), "ZCD_RATE_READ": value}))
            self.assertEqual(run.returncode, 78, (value, run.stdout, run.stderr))
            self.assertIn("ZCD_RATE_READ", run.stderr)


if __name__ == "__main__":
    service.main()
