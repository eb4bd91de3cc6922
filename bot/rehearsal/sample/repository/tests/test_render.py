import unittest

from duration import render


class RenderTest(unittest.TestCase):
    def test_whole_units(self):
        self.assertEqual(render(5400), "1h 30m")
        self.assertEqual(render(90061), "1d 1h 1m 1s")

    def test_nothing(self):
        self.assertEqual(render(0), "0s")

    def test_milliseconds(self):
        self.assertEqual(render(1.25), "1s 250ms")

    def test_negative(self):
        self.assertEqual(render(-90), "-1m 30s")


if __name__ == "__main__":
    unittest.main()
