package io.waybill.jobs.cli;

import io.waybill.JobFiles;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.config.ConfigDiscovery;
import io.waybill.jobs.expression.NearestName;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code waybill secret test NAME}: whether a secret of the job file can be had. */
@Command(
    name = "test",
    description =
        "Fetches a secret of the job file from where it is had (env, file, command or keystore),"
            + " and tells its length; never its value.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class SecretTestCommand extends Verb {
  @Parameters(index = "0", paramLabel = "NAME", description = "What the job file calls it.")
  private String name;

  @Override
  ExitCode execute() {
    List<Path> files = ConfigDiscovery.discover(options().files(), cli().environment());
    Map<String, Secret> secrets = JobFiles.secrets(files, environment());
    Secret secret = secrets.get(name);
    if (secret == null) {
      throw new JobException.Configuration(
          "the job file has no secret \"%s\"%s"
              .formatted(
                  name,
                  NearestName.of(name, secrets.keySet())
                      .map(near -> "; did you mean \"" + near + "\"?")
                      .orElse("; \"secrets\" defines them")));
    }
    int length = secret.get().length();
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", name);
    form.put("length", (long) length);
    output()
        .result(
            KeystoreOption.SCHEMA,
            form,
            out -> out.println("secret %s is there: %d characters".formatted(name, length)));
    return ExitCode.OK;
  }
}
