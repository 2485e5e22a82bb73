static inline int quirk_ids_hold(const struct quirk_ids *ids, uint16_t id)
{
	uint16_t seen = (uint16_t)(id & ids->mask);

	return ids->first <= seen && seen <= ids->last;
}

static inline int quirk_subsystem_holds(const struct quirk_clause *clause,
					const struct quirk_identity *identity)
{
	if (!identity->has_subsystem)
		return !clause->subsystem_vendor.mask && !clause->subsystem_device.mask;
	return quirk_ids_hold(&clause->subsystem_vendor, identity->subsystem_vendor) &&
	       quirk_ids_hold(&clause->subsystem_device, identity->subsystem_device);
}

/* 1: all conditions hold. 0: one does not. Below 0: the device could not be read. */
static inline int quirk_clause_holds(const struct quirk_clause *clause,
				     const struct quirk_identity *identity,
				     quirk_read_fn *read_config, void *context)
{
	uint32_t at;

	if (!quirk_ids_hold(&clause->vendor, identity->vendor) ||
	    !quirk_ids_hold(&clause->device, identity->device) ||
	    !quirk_ids_hold(&clause->revision, identity->revision) ||
	    !quirk_subsystem_holds(clause, identity) ||
	    (identity->class_code & clause->class_mask) != clause->class_value)
		return 0;
	if (clause->function != QUIRK_FUNCTION_ANY && clause->function != identity->function)
		return 0;
	for (at = 0; at < clause->guard_count; at++) {
		const struct quirk_guard *guard = &clause->guards[at];
		uint32_t value = 0;
		int result = 0;

		if (read_config)
			result = read_config(context, guard->offset, guard->width, &value);
		if (result < 0)
			return result;
		if (!result || (value & guard->mask) != guard->value)
			return 0;
	}
	return 1;
}

static inline uint32_t quirk_clause_key(const struct quirk_clause *clause)
{
	return (uint32_t)clause->vendor.first << 16 | clause->device.first;
}

/*
 * The one device that applies to a function; a null pointer if there is none, or if the device
 * could not be read. Without `read_config` (a null pointer) no condition on the device's bytes
 * holds.
 */
static inline const struct quirk_device *quirk_find(const struct quirk_identity *identity,
						    quirk_read_fn *read_config, void *context)
{
	const struct quirk_clause *best = NULLPTR;
	const uint32_t key = (uint32_t)identity->vendor << 16 | identity->device;
	const uint32_t keyed = QUIRK_KEYED_CLAUSES;
	const uint32_t all = QUIRK_CLAUSES;
	uint32_t at = 0;
	uint32_t end = keyed;

	/* Those with one vendor and one device id stand first, in ascending order. */
	while (at < end) {
		uint32_t middle = at + (end - at) / 2;

		if (quirk_clause_key(&quirk_clauses[middle]) < key)
			at = middle + 1;
		else
			end = middle;
	}
	while (at < all) {
		const struct quirk_clause *clause = &quirk_clauses[at];
		int result;

		if (at < keyed && quirk_clause_key(clause) != key) {
			at = keyed;
			continue;
		}
		at++;
		if (best && clause->rank <= best->rank)
			continue;
		result = quirk_clause_holds(clause, identity, read_config, context);
		if (result < 0)
			return NULLPTR;
		if (result)
			best = clause;
	}
	return best ? best->owner : NULLPTR;
}
