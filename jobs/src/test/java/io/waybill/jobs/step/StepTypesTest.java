package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Step;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepResult;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueType;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kinds of steps that jars register beside our own. */
class StepTypesTest {
  @TempDir Path directory;

  /** A kind that says what a test wants, and does nothing. */
  public static class Registered implements StepType<Registered.Nothing> {
    record Nothing() implements Step {}

    private final String name;

    public Registered() {
      this("acme.registered");
    }

    Registered(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String doc() {
      return "Does nothing.";
    }

    @Override
    public List<Key> keys() {
      return List.of();
    }

    @Override
    public Map<String, String> outputs() {
      return Map.of();
    }

    @Override
    public Nothing bind(Arguments arguments, Connections connections) {
      return new Nothing();
    }

    @Override
    public StepHandler<Nothing> handler(StepServices services) {
      return (step, call) -> new StepResult(Map.of(), 0);
    }
  }

  /** Has the name of another. */
  public static final class Again extends Registered {}

  /** Has the name of one of ours. */
  public static final class Copy extends Registered {
    public Copy() {
      super("copy");
    }
  }

  /** Comes before the others. */
  public static final class Early extends Registered {
    public Early() {
      super("abc");
    }
  }

  /** Has a name with a blank. */
  public static final class Blank extends Registered {
    public Blank() {
      super("Acme check");
    }
  }

  /** Has the name of what every step has. */
  public static final class Retry extends Registered {
    public Retry() {
      super("retry");
    }
  }

  /** Cannot be made. */
  public static final class Thrower extends Registered {
    public Thrower() {
      throw new IllegalStateException("no licence");
    }
  }

  /** Does not say its keys. */
  public static final class Silent extends Registered {
    @Override
    public List<Key> keys() {
      throw new UnsupportedOperationException("keys");
    }
  }

  /** Has a key twice. */
  public static final class Twice extends Registered {
    @Override
    public List<Key> keys() {
      Key key = Key.required("x", ValueType.Scalar.TEXT, "It.");
      return List.of(key, key);
    }
  }

  /** Has an output that no expression can name. */
  public static final class Output extends Registered {
    @Override
    public Map<String, String> outputs() {
      return Map.of("a.b", "What.");
    }
  }

  private List<StepType<?>> withRegistered(String... lines) throws IOException {
    Path services = Files.createDirectories(directory.resolve("META-INF/services"));
    Files.write(services.resolve(StepType.class.getName()), List.of(lines));
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      return StepTypes.all();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void theyFollowOurOwnByTheirNames() throws IOException {
    int own = StepTypes.all().size();
    assertThat(withRegistered(Registered.class.getName(), Early.class.getName()))
        .extracting(StepType::name)
        .startsWith("copy")
        .endsWith("abc", "acme.registered")
        .hasSize(own + 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Copy | its name \"copy\" is that of Waybill's own, too",
        "Blank | its name \"Acme check\" is not made of small letters, digits, \"-\" and \".\", such as acme.csv-check",
        "Retry | \"retry\" is a key that every step has",
        "Silent | does not say what it is: java.lang.UnsupportedOperationException: keys",
        "Twice | key \"x\" of \"acme.registered\" is there twice",
        "Output | output \"a.b\" of \"acme.registered\" is not made of small letters"
      })
  void oneThatCannotBeUsedIsToldWithItsClassAndItsPlace(String name, String why) {
    assertThatThrownBy(() -> withRegistered(StepTypesTest.class.getName() + "$" + name))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageStartingWith(
            "kind of step " + StepTypesTest.class.getName() + "$" + name + " (/")
        .hasMessageContaining(why)
        .hasMessageEndingWith("; mend its jar, or take it away");
  }

  @Test
  void twoOfOneNameAreBothTold() {
    assertThatThrownBy(() -> withRegistered(Registered.class.getName(), Again.class.getName()))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageContainingAll(Again.class.getName(), "that of " + Registered.class.getName());
  }

  @Test
  void oneThatCannotBeMadeIsToldWithItsReason() {
    assertThatThrownBy(() -> withRegistered(Thrower.class.getName()))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageStartingWith(
            "a kind of step that a jar registers cannot be used: Provider "
                + Thrower.class.getName()
                + " could not be instantiated: java.lang.IllegalStateException: no licence,"
                + " registered in file:/")
        .hasMessageEndingWith("; mend its jar, or take it away");
  }

  @ParameterizedTest
  @CsvSource({
    "com.acme.Gone, Provider com.acme.Gone not found",
    "io.waybill.jobs.Key, io.waybill.jobs.Key not a subtype",
    "not a class, Illegal configuration-file syntax"
  })
  void aServiceFileThatIsWrongIsTold(String line, String why) {
    assertThatThrownBy(() -> withRegistered(line))
        .isInstanceOf(JobException.Configuration.class)
        .hasMessageContaining(why);
  }
}
