;;; quirk-mode.el --- Descriptions of PCI functions  -*- lexical-binding: t; -*-

;;; Commentary:
;; A major mode for `.quirk' files, and what eglot needs to start `quirkc lsp' for them.

;;; Code:

(defvar eglot-server-programs)

(defvar quirk-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "w" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    table)
  "Comments, texts and words of descriptions.")

(defvar quirk-font-lock-keywords
  '(("^[ \t]*\\([a-z_][a-z0-9_]*\\)\\_>" 1 font-lock-keyword-face)
    ("\\_<0x[0-9a-fA-F_]+\\_>\\|\\_<[0-9][0-9_]*\\_>" . font-lock-constant-face))
  "What a line shows without the language server.")

(defun quirk-indent-line ()
  "Indent by four spaces for each brace that is open before the line."
  (interactive)
  (let* ((depth (save-excursion (beginning-of-line) (car (syntax-ppss))))
         (closes (save-excursion (back-to-indentation) (looking-at-p "[])}]")))
         (column (* 4 (max 0 (if closes (1- depth) depth)))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;###autoload
(define-derived-mode quirk-mode prog-mode "Quirk"
  "A mode for descriptions of PCI functions."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "//+!?[ \t]*")
  (setq-local indent-line-function #'quirk-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local font-lock-defaults '(quirk-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.quirk\\'" . quirk-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(quirk-mode . ("quirkc" "lsp"))))

(provide 'quirk-mode)
;;; quirk-mode.el ends here
