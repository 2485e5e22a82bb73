/* SPDX-License-Identifier: Apache-2.0 OR BSD-3-Clause */
/*
 * Virtual PCI capabilities, PASID above all, on top of a live device.
 *
 * A pointer is NULL or points to what its type says. Structures with struct_size begin with their size as the caller knows it; set
 * the rest to 0 first, so that a newer library reads 0 where an older caller has nothing. Every call answers with a status and,
 * where error is not NULL, with its text. A handle that a failed call was to make is NULL.
 *
 * A configuration takes one call at a time: another that comes meanwhile, from a second thread or from a callback, fails with
 * QUIRK_BUSY. Callbacks run on the thread that calls. Handles are freed once, by the function beside the one that made them,
 * while no call uses them.
 */
#ifndef QUIRK_H
#define QUIRK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a call ended. A number never changes its meaning, and new ones may come. */
enum quirk_status {
	/* It is done. */
	QUIRK_OK = 0,
	/*
	 * An argument is NULL, contradicts itself, or has a value that this library does not
	 * know.
	 */
	QUIRK_INVALID = 1,
	/* An access reaches past the configuration space. */
	QUIRK_OUT_OF_RANGE = 2,
	/* A callback failed, or did something else than it was asked for. */
	QUIRK_DEVICE = 3,
	/* Bytes are no database of the version that this library reads. */
	QUIRK_DATABASE = 4,
	/* A file could not be read. */
	QUIRK_FILE = 5,
	/* Bytes are no saved state of the version that this library reads. */
	QUIRK_SAVED = 6,
	/* What was saved is not possible on this device, this host, or with this policy. */
	QUIRK_REFUSED = 7,
	/* A buffer is too short. */
	QUIRK_SHORT = 8,
	/* Another call on this configuration is under way. */
	QUIRK_BUSY = 9,
	/* PASID has no place here. */
	QUIRK_NO_PASID = 10,
	/*
	 * A fault of this library. The configuration must not be used any more, but for
	 * `quirk_detach`.
	 */
	QUIRK_INTERNAL = 11,
};

/* kind of struct quirk_identity: whether a function is physical or virtual. */
enum quirk_function_kind { QUIRK_FUNCTION_UNKNOWN = 0, QUIRK_FUNCTION_PHYSICAL = 1, QUIRK_FUNCTION_VIRTUAL = 2 };

/* Who vouches for a free range, weakest first. */
enum quirk_evidence {
	QUIRK_EVIDENCE_NONE = 0,
	QUIRK_EVIDENCE_DUMP = 1,
	QUIRK_EVIDENCE_PROBE = 2,
	QUIRK_EVIDENCE_DRIVER = 3,
	QUIRK_EVIDENCE_VENDOR = 4,
	QUIRK_EVIDENCE_DATASHEET = 5,
};

/* Where a place for PASID may come from: a bit of excluded_sources is 1 << QUIRK_SOURCE_.. */
enum quirk_source {
	QUIRK_SOURCE_VISIBLE = 0,
	QUIRK_SOURCE_OPERATOR = 1,
	QUIRK_SOURCE_PROFILE = 2,
	QUIRK_SOURCE_ENTRY = 3,
	QUIRK_SOURCE_DVSEC = 4,
	QUIRK_SOURCE_NATIVE = 5,
	QUIRK_SOURCE_TAIL = 6,
};

/* A reset that the function went through. */
enum quirk_reset_kind { QUIRK_RESET_FLR = 0, QUIRK_RESET_BUS = 1, QUIRK_RESET_D3HOT = 2, QUIRK_RESET_COLD = 3 };

/* How the library reaches a device. All functions are needed. */
struct quirk_ops {
	/* sizeof(struct quirk_ops) */
	size_t struct_size;
	/* Bytes of configuration space: 64, 256 or 4096. Asked once, by quirk_attach. */
	size_t (*size)(void *opaque);
	/*
	 * Fills buffer with length bytes from offset, in one access if length is 1, 2 or 4.
	 * The number of bytes read, as pread has it, or a negative number. Anything but
	 * length is a failed read.
	 */
	ptrdiff_t (*read)(void *opaque, uint16_t offset, void *buffer, size_t length);
	/* Writes length bytes of data from offset; as read otherwise. */
	ptrdiff_t (*write)(void *opaque, uint16_t offset, const void *data, size_t length);
};

/*
 * Who a function is. Of a virtual function the ids come from sysfs, since its configuration
 * space has none.
 */
struct quirk_identity {
	/* sizeof(struct quirk_function_id) */
	size_t struct_size;
	/* Vendor id. */
	uint16_t vendor;
	/* Device id. */
	uint16_t device;
	/* Subsystem vendor id. */
	uint16_t subsystem_vendor;
	/* Subsystem id. */
	uint16_t subsystem_device;
	/* Class code: base class, subclass, programming interface, 24 bits. */
	uint32_t class_code;
	/* Revision id. */
	uint8_t revision;
	/* 1 if the two subsystem ids are known, else 0. */
	uint8_t has_subsystem;
	/* enum quirk_function_kind */
	uint8_t kind;
	/* 0 */
	uint8_t reserved;
};

/*
 * What the host can do with the device's PASIDs: two fields of struct iommu_hw_info, as
 * IOMMU_GET_HW_INFO answers. Set both to 0 before the ioctl, since kernels before 6.15 leave
 * them alone.
 */
struct quirk_host {
	/* sizeof(struct quirk_host) */
	size_t struct_size;
	/* out_capabilities */
	uint64_t out_capabilities;
	/* out_max_pasid_log2: 0 if the device has no PASID. */
	uint8_t out_max_pasid_log2;
	/* 0 */
	uint8_t reserved[7];
};

/* start <= byte < end. */
struct quirk_range {
	/* The first byte. */
	uint16_t start;
	/* The byte after the last one. */
	uint16_t end;
};

/* A window of a BAR. */
struct quirk_window {
	/* First byte in the BAR. */
	uint64_t offset;
	/* Bytes. */
	uint64_t length;
	/* BAR number, 0 to 5. */
	uint8_t bar;
	/* 0 */
	uint8_t reserved[7];
};

/* A window of a BAR that shows configuration space. */
struct quirk_mirror {
	/* First byte in the BAR. */
	uint64_t offset;
	/* Bytes. */
	uint32_t length;
	/* The byte of configuration space that the window's first byte shows. */
	uint16_t config_offset;
	/* BAR number, 0 to 5. */
	uint8_t bar;
	/* 0 */
	uint8_t reserved;
};

/* A capability that the kernel hides and the caller knows. */
struct quirk_hidden {
	/* Its id. */
	uint16_t id;
	/* Where its header is. */
	uint16_t offset;
	/* Its bytes; 0 for what its kind needs at most. */
	uint16_t length;
	/* Its capability version. */
	uint8_t version;
	/* 0 */
	uint8_t reserved;
};

/* A layer's parameter. */
struct quirk_param {
	/* Its name. */
	const char *name;
	/* For param NAME: bytes(N), the bytes; else NULL. */
	const void *bytes;
	/* How many bytes. */
	size_t length;
	/* For param NAME: uN, the number; else 0. */
	uint64_t number;
};

/* A layer that is switched on. */
struct quirk_layer {
	/* Its name. */
	const char *name;
	/* Its parameters; NULL for none. */
	const struct quirk_param *params;
	/* How many. */
	size_t param_count;
};

/* offset of the policy counts: PASID goes there or nowhere. */
#define QUIRK_POLICY_AT_OFFSET 0x01u

/* viommu_width of the policy counts. */
#define QUIRK_POLICY_VIOMMU_WIDTH 0x02u

/* The last 8 bytes may be used, if they read 0. */
#define QUIRK_POLICY_TAIL 0x04u

/* The physical function's own, hidden capability is never used unless a description lists it. */
#define QUIRK_POLICY_NEVER_NATIVE 0x08u

/* The VMM traps every window that quirk_mirror_at tells. */
#define QUIRK_POLICY_TRAPS_MIRRORS 0x10u

/* A free-space DVSEC that was used is shown to the guest as what is left of it. */
#define QUIRK_POLICY_EXPOSE_FREE_SPACE 0x20u

/*
 * What a VMM or its operator decides. All 0, but for struct_size: nothing is opted in and
 * nothing limited.
 */
struct quirk_policy {
	/* sizeof(struct quirk_policy) */
	size_t struct_size;
	/* QUIRK_POLICY_.. */
	uint32_t flags;
	/* Sources that must not place PASID. */
	uint32_t excluded_sources;
	/* With QUIRK_POLICY_AT_OFFSET. */
	uint16_t offset;
	/* With QUIRK_POLICY_VIOMMU_WIDTH: the vIOMMU's PASID width, 0 if it has no PASID. */
	uint8_t viommu_width;
	/* enum quirk_evidence_level: the weakest with which a declared free range counts. */
	uint8_t least_evidence;
	/* 0 */
	uint32_t reserved;
	/* PASID goes into one of these, or nowhere; NULL does not say. */
	const struct quirk_range *ranges;
	/* How many. */
	size_t range_count;
	/* The profile to impose; NULL for none. */
	const char *profile;
	/* Layers that are switched on. */
	const struct quirk_layer *layers;
	/* How many. */
	size_t layer_count;
	/* Names of layers that are switched off. */
	const char *const *disabled_layers;
	/* How many. */
	size_t disabled_layer_count;
	/* Windows of BARs that the VMM traps. */
	const struct quirk_window *windows;
	/* How many. */
	size_t window_count;
	/* Bytes of configuration space that the VMM emulates itself. */
	const struct quirk_range *vmm_owned;
	/* How many. */
	size_t vmm_owned_count;
	/* Capabilities that the kernel hides and the caller knows. */
	const struct quirk_hidden *hidden;
	/* How many. */
	size_t hidden_count;
};

/* A state that quirk_save wrote. */
struct quirk_saved {
	/* The bytes. */
	const void *data;
	/* How many. */
	size_t length;
};

/* pasid_control of the effects counts. */
#define QUIRK_EFFECT_PASID_CONTROL 0x1u

/* ats_control of the effects counts. */
#define QUIRK_EFFECT_ATS_CONTROL 0x2u

/* pri_control of the effects counts. */
#define QUIRK_EFFECT_PRI_CONTROL 0x4u

/* The guest started a function level reset. What is emulated is reset already. */
#define QUIRK_EFFECT_FUNCTION_RESET 0x8u

/* power_from and power_to of the effects count. */
#define QUIRK_EFFECT_POWER_STATE 0x10u

/* The change of the power state resets the function. What is emulated is reset already. */
#define QUIRK_EFFECT_POWER_RESET 0x20u

/* Something that this version of the structure has no field for. */
#define QUIRK_EFFECT_OTHER 0x80000000u

/* What the VMM must do after a write. */
struct quirk_effects {
	/* QUIRK_EFFECT_..; 0 if there is nothing to do. */
	uint32_t kinds;
	/* The PASID control register: bit 0 enable, bit 1 execute, bit 2 privileged. */
	uint16_t pasid_control;
	/* The ATS control register: bit 15 enable, bits 4:0 the smallest translation unit. */
	uint16_t ats_control;
	/* The page request control register: bit 0 enable, bit 1 reset. */
	uint16_t pri_control;
	/* The power state before: 0 to 3 for D0 to D3hot. */
	uint8_t power_from;
	/* The power state after. */
	uint8_t power_to;
	/* 0 */
	uint16_t reserved[10];
};

/* memory_space of the intent counts. */
#define QUIRK_INTENT_MEMORY_SPACE 0x1u

/* The write resets the function, in whatever way. */
#define QUIRK_INTENT_RESETS 0x2u

/* What a write would do. */
struct quirk_intent {
	/* What quirk_write would report. */
	struct quirk_effects effects;
	/* QUIRK_INTENT_.. */
	uint32_t kinds;
	/* Memory Space Enable, as the guest writes it. */
	uint8_t memory_space;
	/* 0 */
	uint8_t reserved[11];
};

/* Why a call failed, in words. */
struct quirk_error {
	/*
	 * UTF-8, ended by a NUL, cut off if it is too long; empty after a call that did not
	 * fail.
	 */
	char text[1024];
};

/* A database, and a configuration on a device. */
struct quirk_db;
struct quirk_config;

/* The words for a status. They live as long as the program. */
const char *quirk_status_text(int status);

/* A database out of memory, which is copied; out of a file, which is read whole; the library of real devices. */
enum quirk_status quirk_db_copy(const void *data, size_t length, struct quirk_db **db, struct quirk_error *error);
enum quirk_status quirk_db_open(const char *path, struct quirk_db **db, struct quirk_error *error);
enum quirk_status quirk_db_library(struct quirk_db **db, struct quirk_error *error);

/* Adds the databases of another handle, which beat those before. The other handle stays the caller's. */
enum quirk_status quirk_db_join(struct quirk_db *db, const struct quirk_db *other, struct quirk_error *error);

/* Closes a database, or NULL. What was attached with it stays. */
void quirk_db_close(struct quirk_db *db);

/* The identity in the first 64 bytes of configuration space. They cannot tell its kind. */
enum quirk_status quirk_identity_from_header(const void *header, struct quirk_identity *identity,
					     struct quirk_error *error);

/*
 * Decides where PASID goes and builds what the guest sees. The device is read and not written, now. host is NULL where the host
 * has no PASID for the device, policy is NULL for one that opts in to nothing, db is NULL for none. With saved, the guest that
 * quirk_save saved goes on here, and effects says what to set up for it; or the call fails and the text says why. That PASID
 * could not be placed is no failure: quirk_explain says why.
 */
enum quirk_status quirk_attach(const struct quirk_ops *ops, void *opaque, const struct quirk_db *db,
			       const struct quirk_identity *identity, const struct quirk_host *host,
			       const struct quirk_policy *policy, const struct quirk_saved *saved,
			       struct quirk_config **config, struct quirk_effects *effects, struct quirk_error *error);

/* What the guest reads, at any offset and length. After a failure the buffer holds ones, as a bus gives them. */
enum quirk_status quirk_read(const struct quirk_config *config, uint16_t offset, void *buffer, size_t length,
			     struct quirk_error *error);

/* What the guest writes, at any offset and length, and what the VMM must do about it. */
enum quirk_status quirk_write(const struct quirk_config *config, uint16_t offset, const void *data, size_t length,
			      struct quirk_effects *effects, struct quirk_error *error);

/* What quirk_write would report, before it is called: the kernel resets a function inside the write that asks for it. */
enum quirk_status quirk_intent(const struct quirk_config *config, uint16_t offset, const void *data, size_t length,
			       struct quirk_intent *intent, struct quirk_error *error);

/* The function went through a reset, enum quirk_reset_kind, that quirk_write did not report. */
enum quirk_status quirk_reset(const struct quirk_config *config, uint32_t reset, struct quirk_error *error);

/* The state. length says how long it is, also where capacity is too short. */
enum quirk_status quirk_save(const struct quirk_config *config, void *buffer, size_t capacity, size_t *length,
			     struct quirk_error *error);

/* Where PASID is, and why, in words that a NUL ends; length counts it. */
enum quirk_status quirk_explain(const struct quirk_config *config, char *buffer, size_t capacity, size_t *length,
				struct quirk_error *error);

/* Where the guest finds PASID; QUIRK_NO_PASID if nowhere, and the text says why. */
enum quirk_status quirk_safe_pasid_offset(const struct quirk_config *config, uint16_t *offset,
					  struct quirk_error *error);

/* A window of a BAR that shows configuration space, by number; QUIRK_SHORT past the last. */
enum quirk_status quirk_mirror_at(const struct quirk_config *config, size_t index, struct quirk_mirror *mirror,
				  struct quirk_error *error);

/* Lets go of a configuration, or of NULL. */
void quirk_detach(struct quirk_config *config);

#ifdef __cplusplus
}
#endif

#endif
