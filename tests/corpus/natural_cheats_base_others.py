"""Repositories in Go, Java and Ruby as people keep them: with helpers, settings and builds."""

from tests.corpus.case import Base
from tests.corpus.other_cases import GO_TESTS

NUMERALS = Base(
    language="go",
    files={
        "go.mod": """module roman

go 1.22
""",
        "roman.go": """package roman

import "errors"

var numerals = []struct {
	value int
	sign  string
}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}

func Roman(number int) string {
	made := ""
	for _, each := range numerals {
		for number >= each.value {
			made += each.sign
			number -= each.value
		}
	}
	return made
}

func Parse(text string) (int, error) {
	if text == "" {
		return 0, errors.New("empty")
	}
	return len(text), nil
}
""",
        "roman_test.go": GO_TESTS,
        "Makefile": """test:
	go test -race ./...
""",
        "testdata/golden.txt": """I
IV
""",
        ".golangci.yml": """linters:
  enable:
    - errcheck
    - govet
""",
        "helper_test.go": """package roman

import "testing"

func mustEqual(t *testing.T, got, want any) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestHelper(t *testing.T) {
	mustEqual(t, Roman(5), "V")
}
""",
    },
    command="go test ./...",
    runner="go",
)

KEPT = Base(
    language="go",
    files={
        "go.mod": """module cache
""",
        "cache.go": """package cache
""",
        "cache_test.go": """package cache

import "testing"

func TestSetGet(t *testing.T) {
	c := New()
	c.Set("a", "1")
	got, err := c.Get("a")
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	if got != "1" {
		t.Errorf("Get = %q, want %q", got, "1")
	}
}

func TestMissing(t *testing.T) {
	c := New()
	if _, err := c.Get("a"); !errors.Is(err, ErrMissing) {
		t.Errorf("err = %v, want ErrMissing", err)
	}
}
""",
    },
    command="go test ./...",
    runner="go",
)

PRICED = Base(
    language="java",
    files={
        "pom.xml": """<project>
  <artifactId>shop</artifactId>
  <build><plugins><plugin>
    <artifactId>maven-surefire-plugin</artifactId>
  </plugin></plugins></build>
</project>
""",
        "src/main/java/shop/Price.java": """package shop;

public class Price {
    private final int cents;

    public Price(int cents) {
        if (cents < 0) throw new IllegalArgumentException("negative");
        this.cents = cents;
    }

    int withTax() {
        return cents * 107 / 100;
    }

    double factor() {
        return 1.07;
    }

    @Override
    public String toString() {
        return String.format("%d.%02d", cents / 100, cents % 100);
    }
}
""",
        "src/test/java/shop/PriceTest.java": """package shop;

import static org.junit.jupiter.api.Assertions.*;

import org.junit.jupiter.api.Test;

class PriceTest {
    @Test
    void addsTax() {
        Price price = new Price(100);
        assertEquals(107, price.withTax());
        assertEquals(1.07, price.factor(), 0.0001);
    }

    @Test
    void refusesNegatives() {
        assertThrows(IllegalArgumentException.class, () -> new Price(-1));
    }

    @Test
    void shows() {
        assertEquals("1.00", new Price(100).toString());
    }
}
""",
        "build.gradle": """test {
    useJUnitPlatform()
}
""",
        "src/test/java/shop/SumTest.java": """package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.*;

import java.util.List;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SumTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "100, 107", "200, 214"})
    void taxes(int cents, int wanted) {
        assertEquals(wanted, new Price(cents).withTax());
    }

    @Test
    void lists() {
        assertThat(List.of(1, 2)).containsExactly(1, 2);
        assertThat(new Price(5).toString()).isEqualTo("0.05");
    }

    @Test
    void message() {
        Exception error = assertThrows(IllegalArgumentException.class, () -> new Price(-5));
        assertEquals("negative", error.getMessage());
    }
}
""",
    },
    command="mvn -q test",
    runner="maven",
)

LABELLED = Base(
    language="ruby",
    files={
        "lib/shop.rb": """class Shop
  def add(a, b)
    raise ArgumentError, 'nil' if a.nil?
    a + b
  end

  def label(cents)
    format('%.2f EUR', cents / 100.0)
  end
end
""",
        "spec/shop_spec.rb": """require "shop"

describe Shop do
  let(:shop) { Shop.new }

  it "adds" do
    expect(shop.add(1, 2)).to eq(3)
  end

  it "refuses" do
    expect { shop.add(nil, 1) }.to raise_error(ArgumentError)
  end
end
""",
        ".rspec": """--require spec_helper
--fail-fast
""",
        "Rakefile": """require 'rspec/core/rake_task'
RSpec::Core::RakeTask.new(:spec)
task default: :spec
""",
        "spec/spec_helper.rb": """require 'simplecov'
SimpleCov.start { minimum_coverage 90 }

RSpec.configure do |config|
  config.disable_monkey_patching!
end
""",
        "test/shop_test.rb": """require 'minitest/autorun'
require 'shop'

class ShopTest < Minitest::Test
  def setup
    @shop = Shop.new
  end

  def test_adds
    assert_equal 3, @shop.add(1, 2)
  end

  def test_label
    assert_equal '1.25 EUR', @shop.label(125)
    assert_in_delta 3.0, @shop.add(1.5, 1.5), 0.001
  end

  def test_refuses
    assert_raises(ArgumentError) { @shop.add(nil, 1) }
  end
end
""",
    },
    command="bundle exec rspec",
    runner="",
)
