"""What the API says of itself, and answers that are not sent twice."""
import json
import re

import conformity
import service


class DocumentsTest(service.ServiceTest):
    def get(self, path, status=200, **options):
        got, fields, body = self.service.request("GET", path, token=options.pop("token", None), **options)
        self.assertEqual(got, status, body)
        return fields, body

    def test_the_document_is_the_one_that_is_edited(self):
        fields, body = self.get("/openapi.json")
        served = json.loads(body)
        self.assertEqual(conformity.expanded(served), conformity.document())
        self.assertEqual(fields["cache-control"], "public, max-age=3600")
        self.assertGreater(len(served["paths"]), 10)

    def test_the_page_loads_nothing_from_elsewhere(self):
        fields, page = self.get("/docs")
        text = page.decode()
        self.assertIn("政采贷", text)
        sources = re.findall(r'(?:src|href)="([^"]+)"', text)
        self.assertTrue(sources and all(source.startswith("/") and not source.startswith("//") for source in sources), sources)
        self.assertIn("script-src 'self'", fields["content-security-policy"])
        self.assertNotIn("unsafe-eval", fields["content-security-policy"])
        self.get("/docs/start.js")
        for name in ("openapi.json", "nothing.js", "..%2f"):
            self.get("/docs/" + name, status=404)
        if (service.SOURCE / "build/npm/swagger-ui-dist").exists():
            self.assertGreater(len(self.get("/docs/swagger-ui-bundle.js")[1]), 1 << 20)
            self.get("/docs/swagger-ui.css")

    def test_what_the_client_has_is_not_sent_again(self):
        status, _, body = self.service.assess(service.EXAMPLE.read_bytes())
        self.assertEqual(status, 201)
        path = "/v1/assessments/" + json.loads(body)["id"]
        for path, token in (("/openapi.json", None), ("/docs", None), (path, service.TOKEN)):
            fields, body = self.get(path, token=token)
            etag = fields["etag"]
            for condition in (etag, f'"other", {etag}', "W/" + etag, "*"):
                fields, again = self.get(path, status=304, token=token, If_None_Match=condition)
                self.assertEqual((again, fields["etag"]), (b"", etag))
                self.assertNotIn("content-type", fields)
            for condition in ('"other"', etag[:-2] + '"', etag[1:-1]):
                self.assertEqual(self.get(path, token=token, If_None_Match=condition)[1], body)
        # It does not depend on who asks: the regulator's reading is put on record, and the body is the same but for the proof.
        self.assertEqual(self.service.request("HEAD", "/openapi.json", token=None)[1]["etag"], self.get("/openapi.json")[0]["etag"])


if __name__ == "__main__":
    service.main()
