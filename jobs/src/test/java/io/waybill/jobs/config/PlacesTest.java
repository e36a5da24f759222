package io.waybill.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.jobs.JobException;
import io.waybill.jobs.Position;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where configuration and state are looked for. */
class PlacesTest {
  @TempDir Path home;

  private Path file(String name) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "version: 1");
  }

  private List<Path> discover(List<Path> given, Map<String, String> environment) {
    return ConfigDiscovery.discover(given, environment, home.resolve("work"));
  }

  @Test
  void theOptionComesFirstThenTheVariableThenTheDirectoryThenXdg() throws IOException {
    Map<String, String> environment = Map.of("HOME", home.toString());
    Path xdg = file(".config/waybill/waybill.yml");
    assertThat(discover(List.of(), environment)).containsExactly(xdg);

    Path here = file("work/waybill.yml");
    assertThat(discover(List.of(), environment)).containsExactly(here);

    Map<String, String> more =
        Map.of("HOME", home.toString(), "WAYBILL_CONFIG", "a.yml" + File.pathSeparator + "b.yml");
    assertThat(discover(List.of(), more)).containsExactly(Path.of("a.yml"), Path.of("b.yml"));

    assertThat(discover(List.of(Path.of("c.yml")), more)).containsExactly(Path.of("c.yml"));
  }

  @Test
  void whatAJobFileNamesIsSeenFromItsDirectoryOrTheWorkingDirectoryIfItIsAPipe() {
    Path here = Path.of("").toAbsolutePath();

    assertThat(new Position("conf/a.yml", 1, 1).resolve("b.ics"))
        .isEqualTo(here.resolve("conf/b.ics"));
    for (String pipe : List.of("/dev/fd/63", "/dev/stdin", "/proc/self/fd/0", "<memory>")) {
      assertThat(new Position(pipe, 1, 1).directory()).as(pipe).isEqualTo(here);
      assertThat(new Position(pipe, 1, 1).resolve("b.ics")).isEqualTo(here.resolve("b.ics"));
    }
  }

  @Test
  void anXdgDirectoryThatIsNotAbsoluteIsIgnored() throws IOException {
    Path xdg = file("conf/waybill/waybill.yml");
    Map<String, String> environment =
        Map.of("HOME", home.resolve("nobody").toString(), "XDG_CONFIG_HOME", home + "/conf");

    assertThat(discover(List.of(), environment)).containsExactly(xdg);
    assertThat(
            ConfigDiscovery.find(
                List.of(),
                Map.of("HOME", home.resolve("nobody").toString(), "XDG_CONFIG_HOME", "conf"),
                home.resolve("work")))
        .isEmpty();
  }

  @Test
  void withoutAFileThePlacesAreNamed() {
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> discover(List.of(), Map.of("HOME", home.toString())))
        .withMessageContaining("-c FILE")
        .withMessageContaining(".config/waybill/waybill.yml");
  }

  @Test
  void theStateIsWhereTheOptionTheVariableOrXdgSays() {
    Map<String, String> environment = Map.of("HOME", "/h", "WAYBILL_STATE", "/v");
    assertThat(StateDirectory.of(Optional.of(Path.of("/o")), environment).path())
        .isEqualTo(Path.of("/o"));
    assertThat(StateDirectory.of(Optional.empty(), environment).path()).isEqualTo(Path.of("/v"));
    assertThat(StateDirectory.of(Optional.empty(), Map.of("HOME", "/h")).path())
        .isEqualTo(Path.of("/h/.local/state/waybill"));
    assertThat(StateDirectory.of(Optional.empty(), Map.of("XDG_STATE_HOME", "/x")).path())
        .isEqualTo(Path.of("/x/waybill"));
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> StateDirectory.of(Optional.empty(), Map.of()))
        .withMessageContaining("--state DIR");
  }

  @Test
  void theStateIsCreatedForItsOwnerOnly() throws IOException {
    StateDirectory state = StateDirectory.at(home.resolve("a/b"));
    state.create();
    state.create();

    for (Path each :
        List.of(state.path(), state.store(), state.keys(), state.journals(), state.runs())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
          .isEqualTo("rwx------");
    }
    assertThat(state.daemonFile()).isEqualTo(home.resolve("a/b/daemon.json")).doesNotExist();
    assertThat(state.knownHosts()).isEqualTo(home.resolve("a/b/known-hosts"));
  }

  @Test
  void aStateThatOthersCanWriteIsRefused() throws IOException {
    Path open = Files.createDirectory(home.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> StateDirectory.at(open).create())
        .withMessageContaining("chmod 700");
    assertThatExceptionOfType(JobException.Configuration.class)
        .isThrownBy(() -> StateDirectory.at(file("x")).create())
        .withMessageContaining("is no directory");
  }
}
