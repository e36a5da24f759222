package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.JobException;
import io.waybill.jobs.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies where jars with kinds of steps do. */
class PluginDirectoryTest {
  @TempDir Path directory;

  private Path jar(String name, String entry) throws IOException {
    Path jar = directory.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry(entry));
    }
    return jar;
  }

  @Test
  void whatBringsNoKindOfStepIsAWarning() throws IOException {
    jar("good.jar", "META-INF/services/io.waybill.jobs.StepType");
    Path other = jar("other.jar", "com/acme/Type.class");
    Path text = Files.writeString(directory.resolve("steps.jar.txt"), "x");
    Path folder = Files.createDirectory(directory.resolve("folder.jar"));
    Files.writeString(directory.resolve("README.txt"), "x");
    Files.writeString(directory.resolve(".hidden"), "x");
    Files.createDirectory(directory.resolve("lib"));
    jar("lib/library.jar", "com/acme/Library.class");

    assertThat(PluginDirectory.at(directory).look())
        .allSatisfy(each -> assertThat(each.severity()).isEqualTo(Problem.Severity.WARNING))
        .extracting(each -> each.position().file())
        .containsExactly(folder.toString(), other.toString(), text.toString());
    assertThat(PluginDirectory.at(directory.resolve("none")).look()).isEmpty();
  }

  @Test
  void aJarThatCannotBeReadIsAnError() throws IOException {
    Path jar = jar("cut.jar", "META-INF/services/io.waybill.jobs.StepType");
    byte[] whole = Files.readAllBytes(jar);
    Files.write(jar, Arrays.copyOf(whole, whole.length - 10));

    assertThatThrownBy(() -> PluginDirectory.at(directory).look())
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageStartingWith(jar + " is no jar that can be read");
  }
}
