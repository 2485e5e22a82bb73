/* SPDX-License-Identifier: Apache-2.0 OR BSD-3-Clause OR GPL-2.0-only */
/*
 * Compiled by quirkc from 7 devices. Change the descriptions, not this file.
 *
 * exact, main.quirk:6
 * guarded, main.quirk:35
 * of_anybody, main.quirk:58
 * of_class, main.quirk:51
 * of_sets, main.quirk:42
 * with_revision, main.quirk:27
 * with_subsystem, main.quirk:18
 */
#ifndef QUIRK_DATABASE_H
#define QUIRK_DATABASE_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/*
 * The version of the types and functions below; it changes when one of them changes its meaning or
 * goes.
 */
#define QUIRK_HEADER_VERSION 1

/* Who vouches for a claim, weakest first. */
enum quirk_evidence {
	QUIRK_EVIDENCE_NONE,
	QUIRK_EVIDENCE_DUMP,		/* seen; never proof that a byte is free */
	QUIRK_EVIDENCE_PROBE,		/* measured on the device */
	QUIRK_EVIDENCE_DRIVER,		/* read in a driver */
	QUIRK_EVIDENCE_VENDOR,		/* told by the vendor */
	QUIRK_EVIDENCE_DATASHEET	/* printed in a datasheet */
};

enum quirk_layout_kind {
	QUIRK_LAYOUT_CAPABILITY,	/* conventional */
	QUIRK_LAYOUT_EXTENDED,
	QUIRK_LAYOUT_REGISTER,		/* registers outside every capability */
	QUIRK_LAYOUT_RESERVED		/* bytes that must not be used */
};

enum quirk_layout_flags {
	QUIRK_LAYOUT_LENGTH_STATED = 1,	/* written, not taken from the capability's rule */
	QUIRK_LAYOUT_OPTIONAL = 2,	/* may be absent */
	QUIRK_LAYOUT_INHERITED = 4,	/* the evidence was given for another device */
	QUIRK_LAYOUT_HAS_SUB_ID = 8	/* sub_vendor and sub_id were given */
};

/* What lies where. */
struct quirk_layout {
	const char *label;		/* of a register; else "" */
	uint16_t offset;
	uint16_t length;		/* bytes */
	uint16_t id;			/* capability id; 0 for registers and reserved bytes */
	uint16_t sub_vendor;		/* of a DVSEC */
	uint16_t sub_id;		/* of a DVSEC or VSEC */
	uint8_t kind;			/* enum quirk_layout_kind */
	uint8_t flags;			/* enum quirk_layout_flags */
	uint8_t evidence;		/* enum quirk_evidence: the strongest */
};

/* Bytes that the vendor declared free: start <= byte < end. */
struct quirk_free {
	uint16_t start;
	uint16_t end;
	uint8_t evidence;		/* enum quirk_evidence: the strongest */
};

enum quirk_place_kind {
	QUIRK_PLACE_FREE,		/* chosen by the compiler from the free ranges */
	QUIRK_PLACE_NATIVE,		/* the physical function's own, hidden capability */
	QUIRK_PLACE_AT			/* as the description says */
};

/* A place for the PASID capability. */
struct quirk_place {
	uint16_t offset;
	uint8_t kind;			/* enum quirk_place_kind */
	uint8_t evidence;		/* enum quirk_evidence: the strongest for its bytes */
};

enum quirk_form {
	QUIRK_FORM_PER_GAP,		/* the DVSEC lies at a gap, and its length covers it */
	QUIRK_FORM_TABLE		/* the DVSEC holds a table of ranges */
};

/*
 * A free-space DVSEC to emulate. `bytes` is what a read gives from `offset` on, with 0 as the
 * offset of the next capability: the program that links it into the chain sets bits 31:20 of the
 * first dword. What `length` covers after `bytes` reads 0. Nothing of it can be written.
 */
struct quirk_dvsec {
	const uint8_t *bytes;
	uint16_t bytes_length;
	uint16_t offset;
	uint16_t length;		/* as its header says */
	uint16_t vendor;
	uint16_t id;
	uint8_t revision;
	uint8_t form;			/* enum quirk_form */
};

enum quirk_permission {
	QUIRK_PERMISSION_HOST,		/* as the host has it */
	QUIRK_PERMISSION_DENY		/* never */
};

/* One kind of function. */
struct quirk_device {
	const char *name;		/* identifier in the description */
	const char *title;		/* what the vendor calls it */
	const char *source;		/* file:line of the description */
	const struct quirk_layout *layout;
	const struct quirk_free *free;
	const struct quirk_place *places;	/* for PASID, best first; none: nothing is said */
	const struct quirk_dvsec *dvsecs;
	uint32_t layout_count;
	uint32_t free_count;
	uint32_t place_count;
	uint32_t dvsec_count;
	uint16_t aliased_every;		/* extended space repeats at this distance; 0: no */
	uint8_t max_width;		/* widest PASID */
	uint8_t execute;		/* enum quirk_permission */
	uint8_t privileged;		/* enum quirk_permission */
	uint8_t port_type;		/* of PCI Express Capabilities; 0xff: not stated */
	uint8_t distrust_dvsec;		/* a free-space DVSEC of the device itself is wrong */
	uint8_t pasid_none;		/* the device must not have PASID, whatever is asked */
};

/* Ids: those with first <= (id & mask) <= last. */
struct quirk_ids {
	uint16_t mask;
	uint16_t first;
	uint16_t last;
};

/* A condition on the device's bytes: the little-endian value at offset, masked, equals value. */
struct quirk_guard {
	uint32_t mask;
	uint32_t value;
	uint16_t offset;
	uint8_t width;			/* bytes: 1, 2 or 4 */
};

enum quirk_function {
	QUIRK_FUNCTION_ANY,		/* in an identity: not known */
	QUIRK_FUNCTION_PHYSICAL,
	QUIRK_FUNCTION_VIRTUAL
};

/*
 * A set of functions that a device is; all conditions must hold. Of several that do, the one of
 * highest rank counts.
 */
struct quirk_clause {
	const struct quirk_device *owner;
	const struct quirk_guard *guards;
	uint32_t guard_count;
	uint32_t class_mask;		/* 24 bits */
	uint32_t class_value;
	struct quirk_ids vendor;
	struct quirk_ids device;
	struct quirk_ids subsystem_vendor;
	struct quirk_ids subsystem_device;
	struct quirk_ids revision;
	uint8_t function;		/* enum quirk_function */
	uint8_t rank;
};

/*
 * Who a function is. The ids of a virtual function are those that the system gives it: its own
 * bytes read 0xffff.
 */
struct quirk_identity {
	uint32_t class_code;		/* 24 bits */
	uint16_t vendor;
	uint16_t device;
	uint16_t subsystem_vendor;
	uint16_t subsystem_device;
	uint8_t has_subsystem;		/* it has the two: header type 0 */
	uint8_t revision;
	uint8_t function;		/* enum quirk_function */
};

/*
 * Reads `width` bytes (1, 2 or 4) of the device's configuration space, little-endian, into `value`.
 * Gives 1 if they were read, 0 if the space ends before, and anything below 0 if they could not be
 * read.
 */
typedef int quirk_read_fn(void *context, uint16_t offset, uint8_t width, uint32_t *value);

/* Identifies the database that this was made from. */
#define QUIRK_DATABASE_HASH 0x298ba069793bafe8ull

/* Every pair of one vendor and one device id that a device names, as X(vendor, device). */
#define QUIRK_FOR_EACH_ID(X) \
	X(0xfffe, 0x2001) \
	X(0xfffe, 0x3200)

/*
 * Every pair of one vendor and one device id that a device names, as an initializer of a table that
 * ends with an empty row. QUIRK_ID(vendor, device) is the caller's: one row, with its braces.
 */
#define QUIRK_ID_TABLE { \
	QUIRK_ID(0xfffe, 0x2001), \
	QUIRK_ID(0xfffe, 0x3200), \
	{ } \
}

#define QUIRK_DEVICES 7u

static const struct quirk_layout quirk_layouts[] = {
	/* exact */
	{
		.offset = 0x148, .length = 0x8, .kind = QUIRK_LAYOUT_EXTENDED, .id = 0x001b,
		.label = "", .evidence = QUIRK_EVIDENCE_NONE,
	},
	/* driver: a / * b */
	{
		.offset = 0x700, .length = 0x4, .kind = QUIRK_LAYOUT_REGISTER,
		.flags = QUIRK_LAYOUT_LENGTH_STATED, .label = "what ends a comment: */ \?\?/",
		.evidence = QUIRK_EVIDENCE_DRIVER,
	},
	/* guarded */
	{
		.offset = 0xf00, .length = 0x80, .kind = QUIRK_LAYOUT_RESERVED,
		.flags = QUIRK_LAYOUT_LENGTH_STATED, .label = "", .evidence = QUIRK_EVIDENCE_NONE,
	},
	/* of_class */
	{
		.offset = 0x040, .length = 0xc, .kind = QUIRK_LAYOUT_CAPABILITY, .id = 0x0010,
		.label = "", .evidence = QUIRK_EVIDENCE_NONE,
	},
	{
		.offset = 0x200, .length = 0x10, .kind = QUIRK_LAYOUT_EXTENDED, .id = 0x000b,
		.sub_vendor = 0x0000, .sub_id = 0x0003,
		.flags =
			QUIRK_LAYOUT_LENGTH_STATED | QUIRK_LAYOUT_OPTIONAL |
			QUIRK_LAYOUT_HAS_SUB_ID,
		.label = "", .evidence = QUIRK_EVIDENCE_NONE,
	},
};

static const struct quirk_free quirk_free_ranges[] = {
	/* exact */
	/* probe: by hand */
	/* driver: a.c FREE */
	{ .start = 0x300, .end = 0x400, .evidence = QUIRK_EVIDENCE_DRIVER },
	/* of_sets */
	/* vendor: letter */
	{ .start = 0x600, .end = 0x640, .evidence = QUIRK_EVIDENCE_VENDOR },
	/* with_revision */
	/* vendor: letter */
	{ .start = 0x500, .end = 0x540, .evidence = QUIRK_EVIDENCE_VENDOR },
	/* with_subsystem */
	/* vendor: letter */
	{ .start = 0x400, .end = 0x440, .evidence = QUIRK_EVIDENCE_VENDOR },
};

static const struct quirk_place quirk_places[] = {
	/* exact */
	{ .offset = 0x148, .kind = QUIRK_PLACE_NATIVE, .evidence = QUIRK_EVIDENCE_NONE },
	/* probe: by hand */
	/* driver: a.c FREE */
	{ .offset = 0x300, .kind = QUIRK_PLACE_AT, .evidence = QUIRK_EVIDENCE_DRIVER },
	/* of_sets */
	/* vendor: letter */
	{ .offset = 0x600, .kind = QUIRK_PLACE_FREE, .evidence = QUIRK_EVIDENCE_VENDOR },
	/* with_revision */
	/* vendor: letter */
	{ .offset = 0x500, .kind = QUIRK_PLACE_FREE, .evidence = QUIRK_EVIDENCE_VENDOR },
	/* with_subsystem */
	/* vendor: letter */
	{ .offset = 0x400, .kind = QUIRK_PLACE_FREE, .evidence = QUIRK_EVIDENCE_VENDOR },
};

static const uint8_t quirk_dvsec_bytes[] = {
	/* with_subsystem */
	0x23, 0x00, 0x01, 0x00, 0xfe, 0xff, 0x01, 0x01,
	0x02, 0x00, 0x02, 0x00, 0x18, 0x04, 0x28, 0x00,
};

static const struct quirk_dvsec quirk_dvsecs[] = {
	/* with_subsystem */
	/* list */
	{
		.offset = 0x408, .length = 0x10, .bytes = &quirk_dvsec_bytes[0], .bytes_length = 16,
		.vendor = 0xfffe, .id = 0x0002, .revision = 1, .form = QUIRK_FORM_TABLE,
	},
};

static const struct quirk_device quirk_devices[] = {
	{
		.name = "exact", .title = "Exact \"one\" \?\?/ */ \\ \303\274",
		.source = "main.quirk:6", .layout = &quirk_layouts[0], .layout_count = 2,
		.free = &quirk_free_ranges[0], .free_count = 1, .places = &quirk_places[0],
		.place_count = 2, .max_width = 12, .execute = QUIRK_PERMISSION_HOST,
		.privileged = QUIRK_PERMISSION_DENY, .port_type = 0xff,
	},
	{
		.name = "guarded", .title = "Guarded", .source = "main.quirk:35",
		.layout = &quirk_layouts[2], .layout_count = 1, .max_width = 20,
		.execute = QUIRK_PERMISSION_HOST, .privileged = QUIRK_PERMISSION_HOST,
		.port_type = 0xff,
	},
	{
		.name = "of_anybody", .title = "Of anybody", .source = "main.quirk:58",
		.max_width = 20, .execute = QUIRK_PERMISSION_HOST,
		.privileged = QUIRK_PERMISSION_HOST, .port_type = 0xff, .distrust_dvsec = 1,
		.pasid_none = 1,
	},
	{
		.name = "of_class", .title = "Of a class", .source = "main.quirk:51",
		.layout = &quirk_layouts[3], .layout_count = 2, .max_width = 20,
		.execute = QUIRK_PERMISSION_HOST, .privileged = QUIRK_PERMISSION_HOST,
		.port_type = 0xff,
	},
	{
		.name = "of_sets", .title = "Of sets", .source = "main.quirk:42",
		.free = &quirk_free_ranges[1], .free_count = 1, .places = &quirk_places[2],
		.place_count = 1, .max_width = 20, .execute = QUIRK_PERMISSION_DENY,
		.privileged = QUIRK_PERMISSION_HOST, .port_type = 0xff,
	},
	{
		.name = "with_revision", .title = "With revision", .source = "main.quirk:27",
		.free = &quirk_free_ranges[2], .free_count = 1, .places = &quirk_places[3],
		.place_count = 1, .max_width = 20, .execute = QUIRK_PERMISSION_HOST,
		.privileged = QUIRK_PERMISSION_HOST, .port_type = 0xff,
	},
	{
		.name = "with_subsystem", .title = "With subsystem", .source = "main.quirk:18",
		.free = &quirk_free_ranges[3], .free_count = 1, .places = &quirk_places[4],
		.place_count = 1, .dvsecs = &quirk_dvsecs[0], .dvsec_count = 1, .max_width = 20,
		.execute = QUIRK_PERMISSION_HOST, .privileged = QUIRK_PERMISSION_HOST,
		.port_type = 0xff,
	},
};

static const struct quirk_guard quirk_guards[] = {
	{ .offset = 0x50, .width = 4, .mask = 0xffff, .value = 0x1234 },
	{ .offset = 0x44, .width = 1, .mask = 0xff, .value = 0x1 },
	{ .offset = 0x100, .width = 2, .mask = 0xffff, .value = 0x0 },
	{ .offset = 0x100, .width = 2, .mask = 0xffff, .value = 0x0 },
};

#define QUIRK_KEYED_CLAUSES 6u
#define QUIRK_CLAUSES 11u

static const struct quirk_clause quirk_clauses[] = {
	/* exact */
	{
		.owner = &quirk_devices[0], .rank = 0x12,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xffff, .first = 0x2001, .last = 0x2001 },
	},
	/* guarded */
	{
		.owner = &quirk_devices[1], .rank = 0x52,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xffff, .first = 0x2001, .last = 0x2001 },
		.guards = &quirk_guards[0], .guard_count = 2,
	},
	/* with_revision */
	{
		.owner = &quirk_devices[5], .rank = 0x33,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xffff, .first = 0x2001, .last = 0x2001 },
		.revision = { .mask = 0xffff, .first = 0x0010, .last = 0x001f },
		.function = QUIRK_FUNCTION_PHYSICAL,
	},
	/* with_subsystem */
	{
		.owner = &quirk_devices[6], .rank = 0x92,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xffff, .first = 0x2001, .last = 0x2001 },
		.subsystem_vendor = { .mask = 0xffff, .first = 0x1000, .last = 0x1fff },
		.subsystem_device = { .mask = 0xffff, .first = 0x0001, .last = 0x0001 },
	},
	/* with_subsystem */
	{
		.owner = &quirk_devices[6], .rank = 0x92,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xffff, .first = 0x2001, .last = 0x2001 },
		.subsystem_vendor = { .mask = 0xffff, .first = 0xfffd, .last = 0xfffd },
		.subsystem_device = { .mask = 0xffff, .first = 0x0001, .last = 0x0001 },
	},
	/* of_sets */
	{
		.owner = &quirk_devices[4], .rank = 0x12,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xffff, .first = 0x3200, .last = 0x3200 },
	},
	/* of_anybody */
	{
		.owner = &quirk_devices[2], .rank = 0x05, .class_mask = 0xffffff,
		.class_value = 0x010802, .function = QUIRK_FUNCTION_VIRTUAL,
	},
	/* of_class */
	{
		.owner = &quirk_devices[3], .rank = 0x06,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.class_mask = 0xff0000, .class_value = 0x030000,
	},
	/* of_sets */
	{
		.owner = &quirk_devices[4], .rank = 0x0a,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xffff, .first = 0x3000, .last = 0x30ff },
	},
	/* of_sets */
	{
		.owner = &quirk_devices[4], .rank = 0x4a,
		.vendor = { .mask = 0xffff, .first = 0xfffc, .last = 0xfffc },
		.device = { .mask = 0xf00f, .first = 0x4001, .last = 0x4001 },
		.guards = &quirk_guards[2], .guard_count = 1,
	},
	/* of_sets */
	{
		.owner = &quirk_devices[4], .rank = 0x4a,
		.vendor = { .mask = 0xffff, .first = 0xfffe, .last = 0xfffe },
		.device = { .mask = 0xf00f, .first = 0x4001, .last = 0x4001 },
		.guards = &quirk_guards[3], .guard_count = 1,
	},
};

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
	const struct quirk_clause *best = (void *)0;
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
			return (void *)0;
		if (result)
			best = clause;
	}
	return best ? best->owner : (void *)0;
}

/* The first place for PASID; 0 if the device has none. */
static inline uint16_t quirk_pasid_offset(const struct quirk_device *device)
{
	return device->place_count ? device->places[0].offset : 0;
}

/*
 * What a read of one byte of configuration space gives if it is one of the DVSEC's: 1 and the byte,
 * else 0.
 */
static inline int quirk_dvsec_read(const struct quirk_dvsec *dvsec, uint16_t offset, uint8_t *value)
{
	if (offset < dvsec->offset || offset - dvsec->offset >= dvsec->length)
		return 0;
	offset = (uint16_t)(offset - dvsec->offset);
	*value = offset < dvsec->bytes_length ? dvsec->bytes[offset] : 0;
	return 1;
}

#endif
