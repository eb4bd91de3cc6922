import unittest

from duration import parse


class ParseTest(unittest.TestCase):
    def test_one_part(self):
        self.assertEqual(parse("90s"), 90)
        self.assertEqual(parse("2d"), 172800)

    def test_parts_written_together(self):
        self.assertEqual(parse("1h30m"), 5400)

    def test_parts_written_apart(self):
        self.assertEqual(parse("1h 30m"), 5400)
        self.assertEqual(parse(" 2 h  5 m "), 7500)

    def test_fractions(self):
        self.assertEqual(parse("1.5h"), 5400)

    def test_a_bare_number_counts_seconds(self):
        self.assertEqual(parse("45"), 45)

    def test_upper_case(self):
        self.assertEqual(parse("2H"), 7200)

    def test_no_duration_at_all(self):
        with self.assertRaises(ValueError):
            parse("soon")


if __name__ == "__main__":
    unittest.main()
