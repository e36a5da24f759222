package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {

  /** A part of a pattern, and the regular expression that says the same. */
  private record Part(String pattern, String regex) {}

  private static final List<Part> PARTS =
      List.of(
          new Part("a", "a"),
          new Part(".", "[.]"),
          new Part("/", "/"),
          new Part("*", "[^/]*"),
          new Part("?", "[^/]"),
          new Part("**", ".*"),
          new Part("**/", "(?:.*/)?"),
          new Part("[ab]", "[ab]"),
          new Part("[!a]", "[^a/]"),
          new Part("{a,b*}", "(?:a|b[^/]*)"),
          new Part("[a-c]", "[abc]"));

  private static final List<Part> SHELL_PARTS =
      List.of(
          new Part("a", "a"),
          new Part("b*", "b[^/]*"),
          new Part("{a,b*}", "(?:a|b[^/]*)"),
          new Part("{,a{b,?}}", "(?:|a(?:b|[^/]))"),
          new Part("/*", "/(?![.])[^/]*"),
          new Part("[^a]", "[^a/]"),
          new Part("a**/", "a(?:.*/)?"));

  @Test
  void whatStandsBehindANulIsItself() {
    String all = "*?[]{},!^-\0";
    String text = all.replaceAll("(?s).", "\0$0");
    for (String pattern : List.of(text, "{a," + text + "}")) {
      assertThat(NamePattern.of(pattern)).returns(true, each -> each.matches(all));
      assertThat(NamePattern.of(pattern)).returns(false, each -> each.matches("x?[]{},!^-\0"));
    }
    for (int i = 0; i < all.length(); i++) {
      String one = all.substring(i, i + 1);
      assertThat(NamePattern.of("[" + text + "]")).returns(true, each -> each.matches(one));
      assertThat(NamePattern.of("[!" + text + "]")).returns(false, each -> each.matches(one));
    }
    assertThat(NamePattern.of("[" + text + "]")).returns(false, each -> each.matches("a"));
    assertThat(NamePattern.of("a\0")).returns(true, each -> each.matches("a\0"));
  }

  @ParameterizedTest(name = "{0} on {1}: {2}")
  @CsvSource({
    "*.csv, a.csv, true",
    "*.csv, a.csv.bak, false",
    "*.csv, d/a.csv, false",
    "*.csv, .hidden.csv, false",
    ".*.csv, .hidden.csv, true",
    "**/*.csv, a.csv, true",
    "**/*.csv, d/e/a.csv, true",
    "**, d/e/a.csv, true",
    "d/*, d/a, true",
    "d/*, e/a, false",
    "STMT_*_?.csv, STMT_20260131_1.csv, true",
    "STMT_*_?.csv, STMT_20260131_12.csv, false",
    "[a-c].txt, b.txt, true",
    "[!a-c].txt, b.txt, false",
    "[!a-c].txt, d.txt, true",
    "'{a,b}.txt', b.txt, true",
    "'{a,b}.txt', c.txt, false",
    "a+(b).txt, a+(b).txt, true",
    "*.txt, a b.txt, true",
    "'[', '[', true",
    "'{a,b', b, true",
    "'a,b}', 'a,b}', true",
    "?.txt, \uD83D\uDE00.txt, true",
    "[\uD83D\uDE00-\uD83D\uDE02], \uD83D\uDE01, true",
    "[a-], -, true",
    "[\\], \\, true",
    "'', '', true",
    "'', a, false",
    "*, '', true",
  })
  void matchesAsAShellDoes(String pattern, String name, boolean matches) {
    assertThat(NamePattern.ofShell(pattern).matches(name)).isEqualTo(matches);
  }

  @Test
  void dotsMayBeLikeOtherCharacters() {
    assertThat(NamePattern.of("*.csv").matches(".hidden.csv")).isTrue();
    assertThat(NamePattern.of("[^a]").matches("^")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[!]", "[z-a]", "a[b-a]c"})
  void whatIsNoSetOfCharactersIsRefused(String pattern) {
    assertThatThrownBy(() -> NamePattern.of(pattern)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> NamePattern.ofShell(pattern))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyPatternMeansWhatItsRegularExpressionDoes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      boolean isShell = i % 2 == 0;
      StringBuilder pattern = new StringBuilder(isShell ? "a" : "");
      StringBuilder regex = new StringBuilder(pattern);
      List<Part> parts = isShell ? SHELL_PARTS : PARTS;
      for (int n = random.nextInt(6); n >= 0; n--) {
        Part part = parts.get(random.nextInt(parts.size()));
        // two parts that would be read as another one
        boolean isOne = pattern.toString().endsWith("*") && part.pattern().matches("[*/].*");
        if (!isOne) {
          pattern.append(part.pattern());
          regex.append(part.regex());
        }
      }
      Pattern same = Pattern.compile(regex.toString(), Pattern.DOTALL);
      NamePattern name =
          isShell ? NamePattern.ofShell(pattern.toString()) : NamePattern.of(pattern.toString());
      for (int n = 0; n < 20; n++) {
        StringBuilder text = new StringBuilder(isShell ? "a" : "");
        random.ints(random.nextInt(6), 0, 4).forEach(each -> text.append("ab./".charAt(each)));
        assertThat(name.matches(text.toString()))
            .as("seed %d: %s on %s", seed, pattern, text)
            .isEqualTo(same.matcher(text).matches());
      }
    }
  }

  @Test
  @Timeout(20)
  void noNameMakesAComparisonLast() {
    String name = "_".repeat(4000) + "!";
    assertThat(NamePattern.ofShell("*_".repeat(100) + ".csv").matches(name)).isFalse();
    assertThat(NamePattern.ofShell("{_,__}{_,_*}".repeat(20) + ".csv").matches(name)).isFalse();
    assertThat(NamePattern.of("**/".repeat(50) + "x").matches("/".repeat(4000))).isFalse();
    PathFilter filter = PathFilter.of(List.of("*_".repeat(100) + ".csv"), List.of());
    assertThat(filter.takesFile(name)).isFalse();
  }
}
