package io.waybill.mail.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshTokenFileTest {
  @TempDir Path directory;
  private Path file;
  private RefreshTokenFile store;

  @BeforeEach
  void begin() {
    file = directory.resolve("mail.token");
    store = RefreshTokenFile.of(file);
  }

  @Test
  void readsWhatItSaved() throws IOException {
    assertThat(store.load()).isEmpty();
    store.save("first");
    assertThat(store.load()).contains("first");
    store.save("second");
    assertThat(RefreshTokenFile.of(file).load()).as("after a restart").contains("second");
    assertThat(directory).as("no part file is left").isDirectoryContaining("glob:**mail.token");
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void readsWhatAPersonPutThere() throws IOException {
    write(" 1//0token \n", "rw-------");
    assertThat(store.load()).contains("1//0token");
    write("\n", "rw-------");
    assertThat(store.load()).isEmpty();
  }

  @Test
  void takesTheFirstTokenUntilThereIsAFile() throws IOException {
    RefreshTokenFile begun = RefreshTokenFile.of(file, () -> "first");
    assertThat(begun.load()).contains("first");
    begun.save("rotated");
    assertThat(begun.load()).contains("rotated");
  }

  @Test
  void onlyTheOwnerCanReadIt() throws IOException {
    assumeTrue(isPosix());
    store.save("x");
    assertThat(mode()).isEqualTo("rw-------");
    write("x", "rw-r--r--");
    store.save("y");
    assertThat(mode()).as("also if it was open before").isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw-rw-rw-"})
  void refusesAFileThatIsOpenToOthers(String mode) throws IOException {
    assumeTrue(isPosix());
    write("secret", mode);
    assertThatThrownBy(store::load)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 600 " + file)
        .hasMessageContaining(mode)
        .hasMessageNotContaining("secret");
  }

  @Test
  void writesThroughALink() throws IOException {
    assumeTrue(isPosix());
    Path real = Files.createDirectory(directory.resolve("vault")).resolve("token");
    Files.createSymbolicLink(file, real);
    Files.writeString(real, "old");
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-------"));
    store.save("new");
    assertThat(file).isSymbolicLink();
    assertThat(Files.readString(real)).isEqualTo("new\n");
  }

  @Test
  void whatCannotBeWrittenLeavesTheOldOne() throws IOException {
    Path missing = directory.resolve("missing").resolve("token");
    assertThatThrownBy(() -> RefreshTokenFile.of(missing).save("secret"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("make it first")
        .hasMessageNotContaining("secret");
    Files.createDirectories(missing.resolve("in the way"));
    assertThatThrownBy(() -> RefreshTokenFile.of(missing).save("secret"))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("secret");
    assertThat(directory.resolve("missing").toFile().list())
        .as("no part file")
        .containsExactly("token");
  }

  @Test
  void refusesAFileThatIsNoToken() throws IOException {
    write("x".repeat(16 * 1024 + 1), "rw-------");
    assertThatThrownBy(store::load).isInstanceOf(IOException.class).hasMessageContaining("large");
  }

  @Test
  void itsNameIsWhereItIs() {
    assertThat(store).hasToString(file.toString());
  }

  private void write(String text, String mode) throws IOException {
    Files.writeString(file, text);
    if (isPosix()) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
  }

  private String mode() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private boolean isPosix() {
    return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
