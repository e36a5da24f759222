package io.waybill;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Secret;
import io.waybill.jobs.config.JobFileContents;
import io.waybill.jobs.config.JobFileLoader;
import io.waybill.jobs.config.Problem;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.log.SecretMask;
import io.waybill.jobs.step.StepTypes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads job files with every kind of step there is; warnings go to the log. */
public final class JobFiles {
  private static final Logger LOG = LoggerFactory.getLogger(JobFiles.class);

  private JobFiles() {}

  /**
   * Reads one file, with this process's environment for its secrets.
   *
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in it is wrong; it names every
   *     mistake
   */
  public static Configuration load(Path file) {
    return load(List.of(file), System.getenv());
  }

  /**
   * Reads several files as one.
   *
   * @param environment where secrets of the form {@code env} are looked up
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in them is wrong; it names every
   *     mistake
   */
  public static Configuration load(List<Path> files, Map<String, String> environment) {
    return load(files, environment, problem -> LOG.warn("{}", problem.render()));
  }

  /**
   * Reads several files as one, and tells what is risky in them.
   *
   * @param environment where secrets of the form {@code env} are looked up
   * @param onWarning told of each risk if the files can be used
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in them is wrong; it names every
   *     mistake
   */
  public static Configuration load(
      List<Path> files, Map<String, String> environment, Consumer<Problem> onWarning) {
    return loader(environment, onWarning).load(files);
  }

  /**
   * Reads several files as one, and returns all that there is to know of them; warnings go to the
   * log.
   *
   * @param environment where secrets of the form {@code env} are looked up
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in them is wrong; it names every
   *     mistake
   */
  public static JobFileContents read(List<Path> files, Map<String, String> environment) {
    return read(files, environment, problem -> LOG.warn("{}", problem.render()));
  }

  /**
   * Reads several files as one, and returns all that there is to know of them.
   *
   * @param environment where secrets of the form {@code env} are looked up
   * @param onWarning told of each risk if the files can be used
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in them is wrong; it names every
   *     mistake
   */
  public static JobFileContents read(
      List<Path> files, Map<String, String> environment, Consumer<Problem> onWarning) {
    return loader(environment, onWarning).read(files);
  }

  /**
   * Reads several files as one, and returns the secrets that they define, by name.
   *
   * @param environment where secrets of the form {@code env} are looked up
   * @throws io.waybill.jobs.config.InvalidJobFile if anything in them is wrong; it names every
   *     mistake
   */
  public static Map<String, Secret> secrets(List<Path> files, Map<String, String> environment) {
    return loader(environment, problem -> LOG.warn("{}", problem.render())).secrets(files);
  }

  private static JobFileLoader loader(
      Map<String, String> environment, Consumer<Problem> onWarning) {
    SecretSources secrets =
        new SecretSources(
            environment, SecretMask.ofThisProcess()::remember, warning -> LOG.warn("{}", warning));
    StepTypes.doubts().forEach(onWarning);
    return new JobFileLoader(StepTypes.all(), secrets, onWarning);
  }
}
