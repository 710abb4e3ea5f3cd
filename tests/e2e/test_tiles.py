"""The log as tlog-tiles over HTTP and as an exported folder: the same bytes, and they lead to the signed root."""
import base64
import hashlib
import pathlib
import subprocess

import service


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def root_of(hashes):
    """RFC 9162 2.1.1, word by word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + root_of(hashes[:half]) + root_of(hashes[half:])).digest()


def entries_of(bundle):
    entries = []
    while bundle:
        size = int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2:2 + size])
        bundle = bundle[2 + size:]
    return entries


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in pathlib.Path(folder).rglob("*") if path.is_file()}


class TilesTest(service.ServiceTest):
    def get(self, path, status=200, **options):
        got, fields, body = self.service.request("GET", "/log/" + path, **options)
        self.assertEqual(got, status, (path, body))
        return fields, body

    def fill(self, count):
        """Leaves by SQL would not be signed: these come in as assessments do."""
        dossiers = service.distinct_dossiers()
        connection = self.service.connect()
        for _ in range(count):
            self.assertEqual(self.service.assess(next(dossiers), connection=connection)[0], 201)
        connection.close()

    def checkpoint(self):
        text = self.get("checkpoint", token=None)[1].decode()
        _, size, root = text.split("\n")[:3]
        return int(size), base64.b64decode(root)

    def export(self, folder, *words, status=0):
        run = service.zcd("audit", "export", "--to", folder, *words, **self.service.environment())
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def test_tiles_and_bundles_lead_to_the_signed_root(self):
        self.get("tile/0/000", status=404)
        self.fill(3)
        size, root = self.checkpoint()
        self.assertEqual(size, 3)
        fields, tile = self.get("tile/0/000.p/3")
        self.assertEqual(fields["content-type"], "application/octet-stream")
        self.assertEqual(fields["cache-control"], "private, max-age=604800, immutable")
        _, bundle = self.get("tile/entries/000.p/3")
        entries = entries_of(bundle)
        self.assertEqual(b"".join(map(leaf_hash, entries)), tile)
        self.assertEqual(root_of([tile[i:i + 32] for i in range(0, len(tile), 32)]), root)

        # Every size that was ever signed stays readable; what is not in the tree is not there, and not to be cached.
        self.assertEqual(self.get("tile/0/000.p/2")[1], tile[:64])
        self.assertEqual(entries_of(self.get("tile/entries/000.p/1")[1]), entries[:1])
        for path in ("tile/0/000", "tile/0/000.p/9", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000",
                     "tile/0/0", "tile/0/000.p/0", "tile/0/x000/000.p/3", "tile/8/000.p/1", "tile/../checkpoint"):
            fields, _ = self.get(path, status=404)
            self.assertEqual(fields["cache-control"], "no-store")
        self.get("tile/0/000.p/3", status=401, token=None)

    def test_an_export_is_what_http_serves_and_goes_on_where_it_ended(self):
        self.fill(253)
        folder = self.state / "mirror"
        self.export(folder)
        self.assertEqual(self.checkpoint()[0], 254)
        self.assertEqual(sorted(files_of(folder)), ["checkpoint", "tile/0/000.p/254", "tile/entries/000.p/254"])
        self.fill(4)
        said = self.export(folder)
        self.assertIn("259 records: 5 files written, 0 kept", said)
        self.assertIn("260 records: 2 files written, 3 kept", self.export(folder))  # each export is a record itself
        files = files_of(folder)
        root = self.checkpoint()[1]
        for path, content in files.items():
            self.assertEqual(self.get(path)[1], content, path)
        hashes = [leaf_hash(entry) for entry in
                  entries_of(files["tile/entries/000"]) + entries_of(files["tile/entries/001.p/4"])]
        self.assertEqual(root_of(hashes), root)
        self.assertEqual(root_of(hashes[:256]), files["tile/1/000.p/1"])

        # Damaged by whoever holds it: put right. Of another log: refused and left alone.
        (folder / "tile/0/000").write_bytes(b"x" * 8192)
        self.export(folder)
        self.assertEqual((folder / "tile/0/000").read_bytes(), files["tile/0/000"])
        part = self.state / "part"
        self.export(part, "--from", "256")
        width = self.checkpoint()[0] - 256
        self.assertEqual(sorted(files_of(part)), ["checkpoint", f"tile/0/001.p/{width}", "tile/1/000.p/1",
                                                  f"tile/entries/001.p/{width}"])
        (part / "checkpoint").write_text("another.log/x\n3\n" + files["checkpoint"].decode().split("\n", 2)[2])
        self.assertIn("not one of this log", self.export(part, status=75))

    def test_an_export_names_the_first_record_that_was_edited(self):
        self.fill(4)
        self.database.run("UPDATE log_leaf SET leaf = replace(leaf::text, '\\x7b', '\\x20')::bytea WHERE index = 2")
        self.assertIn("record 2 does not have its hash", self.export(self.state / "mirror", status=70))
        self.assertFalse((self.state / "mirror/checkpoint").exists())

    def test_what_export_needs(self):
        self.assertEqual(service.zcd("audit", "export", **self.service.environment()).returncode, 64)
        self.assertEqual(service.zcd("audit", "export", "--to", "x", "--from", "-1",
                                     **self.service.environment()).returncode, 64)
        run = subprocess.run([service.bin_dir() / "zcd", "audit", "export", "--to", self.state / "x"], check=False,
                             env=service.clean_environment(), capture_output=True, text=True)
        self.assertEqual(run.returncode, 78, run.stderr)


if __name__ == "__main__":
    service.main()
