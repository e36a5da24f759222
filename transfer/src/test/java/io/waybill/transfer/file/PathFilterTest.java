package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathFilterTest {
  @Test
  void whatStandsBehindANulNeedsNoOther() {
    assertThat(PathFilter.of(List.of("a\0[\0{.csv"), List.of()).takesFile("d/a[{.csv")).isTrue();
    assertThat(PathFilter.of(List.of("[x\0]]"), List.of()).takesFile("]")).isTrue();
    assertThatThrownBy(() -> PathFilter.of(List.of("a\0{{"), List.of()))
        .hasMessage("Not a pattern: 'a{{' has a '{' without its '}'; write [{] for one of a name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep", "keep/", "/keep", "/keep/", "./keep", "keep/**", "k[e]ep/"})
  void aDirectoryIsKeptOutHoweverItIsWritten(String exclude) {
    PathFilter filter = PathFilter.of(List.of(), List.of(exclude));
    assertThat(filter.enters("keep")).isFalse();
    assertThat(filter.enters("kept")).isTrue();
    assertThat(filter.takesFile("keeper")).isTrue();
  }

  @Test
  void aDirectoryThatIsTakenIsTakenWithAllInIt() {
    PathFilter filter = PathFilter.of(List.of("logs/"), List.of());
    assertThat(filter.takesFile("logs/a")).isTrue();
    assertThat(filter.takesFile("logs/deep/a")).isTrue();
    assertThat(filter.takesFile("a")).isFalse();
  }

  @Test
  void onlyWhatIsWrittenWithASlashWithinIsOfTheRoot() {
    PathFilter anywhere = PathFilter.of(List.of(), List.of("tmp/"));
    assertThat(anywhere.enters("a/tmp")).isFalse();
    PathFilter ofRoot = PathFilter.of(List.of(), List.of("./tmp"));
    assertThat(ofRoot.enters("a/tmp")).isTrue();
    assertThat(ofRoot.enters("tmp")).isFalse();
  }

  @Test
  void bracesAreOneOfSeveral() {
    PathFilter filter = PathFilter.of(List.of(), List.of("*.{csv,xml}", "{tmp,old/x}/"));
    assertThat(filter.takesFile("a.csv")).isFalse();
    assertThat(filter.takesFile("d/a.xml")).isFalse();
    assertThat(filter.takesFile("a.txt")).isTrue();
    assertThat(filter.enters("old/x")).isFalse();
    assertThat(PathFilter.of(List.of("[{]a}"), List.of()).takesFile("{a}")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/", "./", "[", "*.{csv", "a{b/[}]", "keep[", "a/[b", "[]", "a//b", "a/./b", "../a",
        "a/.."
      })
  void aPatternThatCanMatchNothingIsRefused(String pattern) {
    assertThatThrownBy(() -> PathFilter.of(List.of(), List.of(pattern)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
