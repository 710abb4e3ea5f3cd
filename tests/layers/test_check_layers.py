#!/usr/bin/env python3
"""The layering check refuses what it should, and grants what it should."""
import sys
import unittest

sys.dont_write_bytecode = True
import check_layers

REFUSED = (
    ("base/money.c", '#include "contracts/dossier.h"'),
    ("base/date.c", "#include <time.h>"),
    ("contracts/contract.c", '#include "db/query.h"'),
    ("contracts/contract.c", '#include "contracts/assessment_store.h"'),
    ("contracts/payer.c", "#include <jansson.h>"),
    ("scoring/limit.c", '#include "contracts/assessment_store.h"'),
    ("scoring/limit.c", '#include "contracts/check_internal.h"'),
    ("scoring/limit.c", '#include "audit/record.h"'),
    ("scoring/limit.c", "double share = 0.5;"),
    ("generator/world.c", '#include "scoring/decision.h"'),
    ("generator/world.c", '#include "contracts/check_internal.h"'),
    ("generator/chance.c", "#include <math.h>"),
    ("scoring/limit.c", '#include "generator/world.h"'),
    ("audit/merkle.c", '#include "scoring/decision.h"'),
    ("audit/merkle.c", '#include "db/query.h"'),
    ("audit/bundle.c", "#include <jansson.h>"),
    ("audit/record.c", "#include <minizip/zip.h>"),
    ("db/query.c", '#include "contracts/dossier.h"'),
    ("api/http/server.c", '#include "scoring/decision.h"'),
    ("api/flows/assess.c", "#include <event2/event.h>"),
    ("api/flows/assess.c", "  #  include <jansson.h>"),
    ("elsewhere/x.c", ""),
)

GRANTED = (
    ("base/money.c", '#include "base/money.h"\n#include <stdint.h>'),
    ("contracts/assessment_store.c", '#include "db/query.h"\n#include "contracts/assessment_store.h"'),
    ("scoring/limit.c", '#include "contracts/dossier.h"\n#include "scoring/cashflow_internal.h"'),
    ("scoring/limit.c", "/* never a double */ const char *text = \"float\";"),
    ("generator/world.c", '#include "contracts/dossier.h"\n#include "base/rng.h"'),
    ("api/codec/world_encode.c", '#include "generator/outcome.h"'),
    ("audit/canonical_json.c", "#include <jansson.h>"),
    ("audit/store_pg.c", '#include "db/query.h"'),
    ("audit/signature.c", "#include <openssl/evp.h>"),
    ("api/http/server.c", "#include <event2/event.h>"),
    ("api/codec/dossier_decode.c", "#include <jansson.h>"),
    ("api/flows/assess.c", '#include "contracts/assessment_store.h"\n#include "audit/log.h"'),
)


class Layers(unittest.TestCase):
    def test_refuses_each_forbidden_line(self):
        for path, text in REFUSED:
            self.assertEqual(len(check_layers.problems(path, text)), 1, (path, text))

    def test_grants_each_allowed_line(self):
        for path, text in GRANTED:
            self.assertEqual(check_layers.problems(path, text), [], (path, text))

    def test_names_the_line(self):
        self.assertEqual(check_layers.problems("base/money.c", '\n\n#include "db/query.h"')[0][0], 3)


if __name__ == "__main__":
    unittest.main()
