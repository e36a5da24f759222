package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafePathTest {
  @TempDir Path root;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "..",
        "a/../b",
        "./a",
        "a//b",
        "a/",
        "a\\b",
        "C:x",
        "a\0b",
        "a\nb",
        "a\u0085b",
        "a\ud800",
        "a\ufffd",
        "x/.y.0123456789abcdef.wbpart",
        ".y.0123456789abcdef.wbjournal"
      })
  void dangerousPathsAreRefused(String path) {
    assertThatThrownBy(() -> SafePath.segments(path)).isInstanceOf(UnsafePathException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nul", "Aux.txt", "com1", "LPT¹.x", "a.", "a ", "12:30"})
  void whatOnlyWindowsTakesForSomethingElseIsRefusedThereOnly(String name) throws IOException {
    assertThatThrownBy(() -> SafePath.requireWindows(name, name))
        .isInstanceOf(UnsafePathException.class);
    if (File.separatorChar == '/') {
      assertThat(SafePath.segments(name)).containsExactly(name);
    }
  }

  @Test
  void longSegmentsAreMeasuredInBytes() throws IOException {
    assertThat(SafePath.segments("ü".repeat(127))).hasSize(1);
    assertThatThrownBy(() -> SafePath.segments("ü".repeat(128)))
        .isInstanceOf(UnsafePathException.class);
    assertThatThrownBy(() -> SafePath.segments("a/".repeat(3000) + "a"))
        .isInstanceOf(UnsafePathException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "größe/大 file.txt", ".hidden/...x", "console/nul-like/com10"})
  void ordinaryPathsAreFoundBelowTheRoot(String path) throws IOException {
    try (SafePath place = SafePath.openMakingParents(root, path)) {
      assertThat(place.directory().path().resolve(place.name()))
          .isEqualTo(root.toAbsolutePath().resolve(path));
      assertThat(place.directory().path()).isDirectory();
    }
  }

  @Test
  void linkInThePathIsNotFollowed() throws IOException {
    Path outside = Files.createDirectory(root.resolve("outside"));
    Path inside = Files.createDirectory(root.resolve("inside"));
    Files.createSymbolicLink(inside.resolve("link"), outside);
    assertThatThrownBy(() -> SafePath.openMakingParents(inside, "link/x"))
        .isInstanceOf(LinkRefusedException.class)
        .hasMessageContaining("link");
    assertThatThrownBy(() -> SafePath.openMakingParents(inside, "link/sub/x"))
        .isInstanceOf(LinkRefusedException.class);
    Files.writeString(inside.resolve("file"), "x");
    assertThatThrownBy(() -> SafePath.open(inside, "file/x"))
        .isInstanceOf(NotDirectoryException.class);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void handleStaysInsideWhenItsPathIsSwappedForALink() throws IOException {
    Path outside = Files.createDirectory(root.resolve("outside"));
    Path inside = Files.createDirectories(root.resolve("inside/sub"));
    try (SafePath place = SafePath.open(root.resolve("inside"), "sub/x")) {
      Files.move(inside, root.resolve("moved"));
      Files.createSymbolicLink(inside, outside);
      place
          .directory()
          .openFile(place.name(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
          .close();
    }
    assertThat(outside).isEmptyDirectory();
    assertThat(root.resolve("moved/x")).exists();
  }

  @Test
  void lastNameThatIsALinkIsNotOpened() throws IOException {
    Path secret = Files.writeString(root.resolve("secret"), "s");
    Path inside = Files.createDirectory(root.resolve("inside"));
    Files.createSymbolicLink(inside.resolve("x"), secret);
    try (SafePath place = SafePath.open(inside, "x")) {
      assertThatThrownBy(() -> SourceFile.open(place.directory(), place.name()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void missingParentIsMissing() {
    assertThatThrownBy(() -> SafePath.open(root, "none/x")).isInstanceOf(NoSuchFileException.class);
  }
}
