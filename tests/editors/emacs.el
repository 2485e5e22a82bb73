;;; emacs.el --- Emacs with eglot, on a description  -*- lexical-binding: t; -*-

;;; Commentary:
;; Opens a file, waits for findings, takes fixes, formats, completes and renames, and saves.

;;; Code:

(require 'eglot)
(require 'flymake)
(require 'quirk-mode)

(defun quirk-await (what test)
  "Wait until TEST gives something; WHAT is said if it never does."
  (let ((left 300) found)
    (while (and (not (setq found (funcall test))) (> left 0))
      (setq left (1- left))
      (accept-process-output nil 0.1))
    (unless found (error "emacs: %s did not come; the buffer is:\n%s" what (buffer-string)))
    found))

(defun quirk-findings (count)
  "Wait for COUNT findings."
  (quirk-await (format "%d findings" count)
               (lambda ()
                 (flymake-start)
                 (= count (length (flymake-diagnostics))))))

(defun quirk-fix (line)
  "Take the first fix of LINE."
  (goto-char (point-min))
  (forward-line (1- line))
  (cl-letf (((symbol-function 'completing-read)
             (lambda (_ choices &rest _)
               (let ((choice (if (functionp choices) (car (all-completions "" choices)) (car choices))))
                 (if (consp choice) (car choice) choice)))))
    (eglot-code-actions (line-beginning-position) (line-end-position) "quickfix" t)))

(setq eglot-sync-connect t
      eglot-confirm-server-initiated-edits nil
      eglot-send-changes-idle-time 0
      flymake-no-changes-timeout 0)

(find-file (pop command-line-args-left))
(unless (eq major-mode 'quirk-mode) (error "emacs: the mode is %s" major-mode))
(apply #'eglot (eglot--guess-contact))
(quirk-await "the server" #'eglot-current-server)
(flymake-mode 1)
(quirk-findings 2)
(quirk-fix 5)
(eglot--signal-textDocument/didChange)
(quirk-findings 1)
(quirk-fix 7)
(eglot--signal-textDocument/didChange)
(quirk-findings 0)
(eglot-format-buffer)

(goto-char (point-min))
(search-forward "expect pasid @ 0x400;")
(insert "\n    reset fl")
(eglot--signal-textDocument/didChange)
(completion-at-point)
(insert ";")

(goto-char (point-min))
(search-forward "device mo")
(eglot--signal-textDocument/didChange)
(eglot-rename "shaker")
(save-buffer)
(eglot-shutdown (eglot-current-server))
;;; emacs.el ends here
