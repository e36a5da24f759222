package io.waybill.jobs.config;

import io.waybill.jobs.Secret;
import io.waybill.jobs.expression.Scope;
import java.util.Map;
import java.util.Optional;

/**
 * Where in the file a value stands, as far as its reading depends on it.
 *
 * @param description for messages: {@code job "x"}
 * @param names what expressions may refer to
 * @param constants what expressions are rendered with at once; empty where they are kept for the
 *     run
 * @param definitions what names in values refer to
 */
record Place(
    String description, KnownNames names, Optional<Scope> constants, Definitions definitions) {

  /**
   * What the file defines under a name.
   *
   * @param secrets by name; of a wrong definition too
   * @param connections name to type; of a wrong definition too, so that its users are not blamed
   */
  record Definitions(Map<String, Secret> secrets, Map<String, String> connections) {
    static final Definitions NONE = new Definitions(Map.of(), Map.of());

    Definitions {
      secrets = Map.copyOf(secrets);
      connections = Map.copyOf(connections);
    }
  }

  Place in(String description) {
    return new Place(description, names, constants, definitions);
  }

  /** Returns the same place, its expressions kept for the run. */
  Place deferred(KnownNames known) {
    return new Place(description, known, Optional.empty(), definitions);
  }
}
