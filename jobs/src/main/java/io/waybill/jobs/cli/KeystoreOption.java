package io.waybill.jobs.cli;

import io.waybill.jobs.config.Keystore;
import io.waybill.jobs.config.SecretSources;
import io.waybill.jobs.log.SecretMask;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which keystore a verb is for. */
final class KeystoreOption {
  static final String SCHEMA = "waybill.secret/1";
  static final String LIST_SCHEMA = "waybill.secrets/1";

  @Option(
      names = "--store",
      paramLabel = "FILE",
      description = "The keystore's file. Default: secrets.keystore in the state directory.")
  private @Nullable Path file;

  /** Returns it; a state directory that is needed is made. */
  Keystore of(Verb verb) {
    Path path = file;
    if (path == null) {
      verb.stateDirectory().create();
      path = verb.stateDirectory().keystore();
    }
    return Keystore.at(path, verb.cli().environment(), sources(verb));
  }

  static SecretSources sources(Verb verb) {
    return new SecretSources(
        verb.cli().environment(),
        SecretMask.ofThisProcess()::remember,
        warning -> verb.output().note("waybill: warning: " + warning));
  }
}
